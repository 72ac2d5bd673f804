//! Which libraries there are and what each takes.

use std::{collections::BTreeSet, fs};

use hookglass_tests::binaries::workspace_root;

use crate::{
    check,
    random::{SecretShape, Shape},
};

/// What the library can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ways {
    /// It signs and verifies.
    Both,
    /// It verifies alone.
    LibraryVerifies,
    /// It signs and verifies bodies that only it can make.
    LibraryMakesBody,
}

/// A recipe and the library its vendor gives to receivers.
pub(crate) struct Case {
    /// The recipe's id.
    pub(crate) id: &'static str,
    /// The file in `tests/interop/sdks`.
    pub(crate) library: &'static str,
    pub(crate) ways: Ways,
    pub(crate) body: Shape,
    pub(crate) secret: SecretShape,
    /// Whether the library itself refuses a changed body. Where it leaves that to the receiver, we do not.
    pub(crate) library_covers_body: bool,
    /// Headers that a request has before it is signed.
    pub(crate) given: &'static [(&'static str, &'static str)],
    /// Whether the recipe may be missing still.
    pub(crate) awaited: bool,
}

impl Case {
    const fn new(id: &'static str, ways: Ways, body: Shape, secret: SecretShape) -> Self {
        Self { id, library: id, ways, body, secret, library_covers_body: true, given: &[], awaited: false }
    }

    /// The vendor's library leaves the check to this one.
    const fn through(self, library: &'static str) -> Self {
        Self { library, ..self }
    }

    /// The library looks at something else than the body.
    const fn body_unchecked(self) -> Self {
        Self { library_covers_body: false, ..self }
    }

    /// The scheme signs what stands in these headers.
    const fn given(self, given: &'static [(&'static str, &'static str)]) -> Self {
        Self { given, ..self }
    }

    /// The recipe is not written yet; see [`AWAITED_RECIPES_MUST_EXIST`].
    const fn awaited(self) -> Self {
        Self { awaited: true, ..self }
    }
}

/// Recipes that need what the recipe language is still to learn. Set to `true` once they are there, so that none can go
/// missing again.
pub(crate) const AWAITED_RECIPES_MUST_EXIST: bool = true;

/// One test a case.
macro_rules! cases {
    ($($name:ident: $case:expr;)+) => {
        $(#[test]
        fn $name() {
            static CASE: Case = $case;
            check(&CASE);
        })+

        #[test]
        fn every_library_that_is_set_up_is_asked() {
            let asked: BTreeSet<String> = [$($case),+].iter().map(|case| format!("{}.mjs", case.library)).collect();
            let folder = fs::read_dir(workspace_root().join("tests/interop/sdks")).unwrap();
            let there: BTreeSet<_> = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            assert_eq!(there, asked);
        }
    };
}

use SecretShape as S;
use Shape as B;
use Ways::{Both, LibraryVerifies as Verifies};

cases! {
    adyen_platform: Case::new("adyen-platform", Both, B::Text, S::Hex);
    anthropic: Case::new("anthropic", Both, B::Text, S::Base64).through("standard-webhooks");
    bigcommerce: Case::new("bigcommerce", Both, B::Text, S::Text).through("standard-webhooks-text");
    clerk: Case::new("clerk", Both, B::Json, S::Base64).through("svix");
    cloudinary: Case::new("cloudinary", Both, B::SomeText, S::Text);
    cloudinary_sha256: Case::new("cloudinary-sha256", Both, B::SomeText, S::Text);
    coinbase_commerce: Case::new("coinbase-commerce", Both, B::Text, S::Text);
    discord_interactions: Case::new("discord-interactions", Verifies, B::Bytes, S::KeyPair);
    easypost: Case::new("easypost", Verifies, B::Json, S::Text);
    github: Case::new("github", Both, B::SomeText, S::Text);
    gocardless: Case::new("gocardless", Verifies, B::Bytes, S::Text);
    hubspot_v1: Case::new("hubspot-v1", Both, B::Text, S::Text);
    hubspot_v2: Case::new("hubspot-v2", Both, B::Text, S::Text);
    hubspot_v3: Case::new("hubspot-v3", Both, B::Text, S::Text);
    line: Case::new("line", Verifies, B::Bytes, S::Text);
    linear: Case::new("linear", Verifies, B::TimedJson, S::Text);
    lithic: Case::new("lithic", Verifies, B::Json, S::Base64);
    modern_treasury: Case::new("modern-treasury", Both, B::Text, S::Text);
    mux: Case::new("mux", Verifies, B::Text, S::Text);
    notion: Case::new("notion", Both, B::Text, S::Text);
    openai: Case::new("openai", Verifies, B::Text, S::Base64OrText);
    orb: Case::new("orb", Verifies, B::Text, S::Text);
    paddle_billing: Case::new("paddle-billing", Verifies, B::Text, S::Text);
    // Its library encodes the secret as UTF-8 twice; the vendor's tokens are ASCII.
    plivo_v2: Case::new("plivo-v2", Verifies, B::Text, S::Ascii).body_unchecked();
    polar: Case::new("polar", Both, B::Text, S::Text).through("standard-webhooks-text");
    pusher: Case::new("pusher", Verifies, B::Json, S::Text);
    razorpay: Case::new("razorpay", Verifies, B::Text, S::Text);
    replicate: Case::new("replicate", Verifies, B::SomeText, S::Base64);
    resend: Case::new("resend", Verifies, B::Json, S::Base64);
    sanity: Case::new("sanity", Both, B::SomeText, S::Text);
    slack: Case::new("slack", Verifies, B::Text, S::Text);
    square: Case::new("square", Verifies, B::Text, S::Text);
    standard_webhooks: Case::new("standard-webhooks", Both, B::Text, S::Base64);
    stripe: Case::new("stripe", Both, B::SomeText, S::Text);
    svix: Case::new("svix", Both, B::Json, S::Base64);
    telnyx: Case::new("telnyx", Verifies, B::Json, S::KeyPair);
    twilio: Case::new("twilio", Both, B::Form, S::Text);
    workos: Case::new("workos", Both, B::CompactJson, S::Text);

    adyen_standard: Case::new("adyen-standard", Both, B::Notification, S::Hex).awaited();
    aws_sns: Case::new("aws-sns", Verifies, B::TopicMessage, S::KeyPair).awaited();
    braintree: Case::new("braintree", Ways::LibraryMakesBody, B::OfTheLibrary, S::Pair).awaited();
    contentful: Case::new("contentful", Both, B::Text, S::SixtyFour)
        .given(&[("x-contentful-signed-headers", "content-type,x-contentful-signed-headers,x-contentful-timestamp")])
        .awaited();
    dropbox_sign: Case::new("dropbox-sign", Verifies, B::Callback, S::Text).awaited();
    hygraph: Case::new("hygraph", Both, B::SomeText, S::Text).awaited();
    livekit: Case::new("livekit", Both, B::Json, S::Pair).awaited();
    messagebird_jwt: Case::new("messagebird-jwt", Verifies, B::Text, S::Text).awaited();
    plivo_v3: Case::new("plivo-v3", Verifies, B::Form, S::Ascii).awaited();
    sendgrid: Case::new("sendgrid", Verifies, B::Text, S::KeyPair).awaited();
    twilio_json: Case::new("twilio-json", Both, B::Text, S::Text).awaited();
    // Its library checks the token and leaves the body's hash to the receiver.
    vonage: Case::new("vonage", Verifies, B::Text, S::Text).body_unchecked().awaited();
}
