//! Whose request it is, from headers alone.

use hookglass_model::VerdictKind;
use hookglass_signing::{Registry, Secret, SignOptions};

use crate::{
    request::{Request, SECRET, SIGNED_AT, any_secret, provider},
    suited::suited,
};

fn recognised(request: &Request) -> Option<(String, Vec<String>)> {
    let message = request.message();
    let recognition = Registry::built_in().recognise(&message)?;
    Some((recognition.provider.id().to_string(), recognition.reasons))
}

fn id(request: &Request) -> Option<String> {
    recognised(request).map(|(id, _)| id)
}

#[test]
fn real_deliveries_are_recognised_with_reasons() {
    let stripe = Request::new("{}")
        .with("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        .with("STRIPE-SIGNATURE", "t=1,v1=aa");
    let (id, reasons) = recognised(&stripe).unwrap();
    assert_eq!(id, "stripe");
    assert_eq!(reasons, ["it has the header Stripe-Signature", "its header User-Agent begins with “Stripe/”"]);

    // GitHub without a secret: no signature header at all.
    let github = Request::new("{}").with("x-github-event", "ping").with("x-github-delivery", "1");
    assert_eq!(self::id(&github).as_deref(), Some("github"));
}

#[test]
fn what_signing_sets_is_enough_where_the_scheme_is_the_providers_own() {
    for id in ["stripe", "standard-webhooks"] {
        let mut request = Request::new("{}");
        let options = SignOptions { timestamp: SIGNED_AT.unix_seconds(), id: Some("msg_1".to_owned()) };
        let headers = provider(id).sign(&request.message(), &[&Secret::new(SECRET)], &options).unwrap();
        request.put(headers);
        assert_eq!(self::id(&request).as_deref(), Some(id));
    }
}

#[test]
fn shared_header_names_alone_name_nobody() {
    // Meta and others send X-Hub-Signature-256, Storyblok and others Webhook-Signature.
    assert_eq!(id(&Request::new("{}").with("X-Hub-Signature-256", "sha256=aa")), None);
    assert_eq!(id(&Request::new("{}").with("Webhook-Signature", "v1,aa")), None);
    assert_eq!(id(&Request::new("{}")), None);
}

#[test]
fn repeated_lines_do_not_add_up() {
    let mut request = Request::new("{}");
    for _ in 0..50 {
        request = request.with("webhook-id", "1");
    }
    assert_eq!(id(&request), None);
}

/// The headers of a request and whose it is.
type Case<'a> = (&'a [(&'a str, &'a str)], Option<&'a str>);

/// Header names that several senders share, each with what tells them apart, or with nothing.
#[test]
fn shared_header_names_are_told_apart_by_what_else_is_there() {
    let (hex, sha1) = ("a".repeat(64), "a".repeat(40));
    let base64 = "tLa470fx7qkLLEcMOcEUFuBbRSkGujyskxrNXcoh0N0=";
    let sha256_hex = format!("sha256={hex}");
    let sha1_hex = format!("sha1={sha1}");
    let timed = format!("time=1700000000,sig1={hex}");
    let cases: &[Case<'_>] = &[
        // X-Hub-Signature: GitHub and Intercom with sha1, Bitbucket and Jira with sha256.
        (&[("X-Hub-Signature", &sha1_hex)], None),
        (&[("X-Hub-Signature", &sha256_hex)], None),
        (&[("X-Hub-Signature", &sha256_hex), ("X-Event-Key", "repo:push")], Some("bitbucket-cloud")),
        (
            &[("X-Hub-Signature", &sha1_hex), ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "1")],
            Some("github-sha1"),
        ),
        (
            &[
                ("X-Hub-Signature", &sha1_hex),
                ("X-Hub-Signature-256", &sha256_hex),
                ("X-GitHub-Event", "push"),
                ("X-GitHub-Delivery", "1"),
            ],
            Some("github"),
        ),
        // Gitea sends GitHub's headers too, and Forgejo those of Gitea.
        (
            &[
                ("X-GitHub-Event", "push"),
                ("X-GitHub-Delivery", "1"),
                ("X-Gitea-Event", "push"),
                ("X-Gitea-Delivery", "1"),
                ("X-Hub-Signature", &sha1_hex),
                ("X-Hub-Signature-256", &sha256_hex),
            ],
            Some("gitea"),
        ),
        (
            &[
                ("X-Gitea-Event", "push"),
                ("X-Gitea-Delivery", "1"),
                ("X-Forgejo-Event", "push"),
                ("X-Forgejo-Delivery", "1"),
            ],
            Some("forgejo"),
        ),
        // X-Signature: Lemon Squeezy, Modern Treasury, ClickUp, Airwallex and more.
        (&[("X-Signature", &hex)], None),
        (&[("X-Signature", &hex), ("X-Timestamp", "1700000000000")], None),
        (&[("X-Signature", &hex), ("X-Event-Name", "order_created")], Some("lemon-squeezy")),
        // Webhook-Signature: Standard Webhooks, GoCardless, Storyblok, Cloudflare Stream, Mautic.
        (&[("Webhook-Signature", &hex)], Some("gocardless")),
        (&[("Webhook-Signature", &sha1)], Some("storyblok")),
        (&[("Webhook-Signature", &timed)], Some("cloudflare-stream")),
        (&[("Webhook-Signature", base64)], None),
        (&[("webhook-id", "m"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,aa")], Some("standard-webhooks")),
        (
            &[
                ("webhook-id", "m"),
                ("webhook-timestamp", "1"),
                ("webhook-signature", "v1,aa"),
                ("X-Gitlab-Event", "Push Hook"),
            ],
            Some("gitlab-signing-token"),
        ),
        (&[("svix-id", "m"), ("svix-timestamp", "1"), ("svix-signature", "v1,aa")], Some("svix")),
        // X-Webhook-Signature: Cursor, Sellsy, Ripple and many home-made ones.
        (&[("X-Webhook-Signature", &sha256_hex)], None),
        (&[("X-Webhook-Signature", &sha1)], None),
        (&[("X-FS-Signature", &sha256_hex)], Some("formstack")),
        (&[("X-FS-Signature", base64)], Some("fastspring")),
        // Wise signs with RSA, in base64.
        (&[("X-Signature-SHA256", &hex)], Some("buymeacoffee")),
        (&[("X-Signature-SHA256", base64)], None),
        (&[("Authorization", "Bearer token")], None),
        (&[("Authorization", "HMAC aa=")], Some("ms-teams-outgoing")),
        (&[("X-Hmac-Signature", &hex)], None),
        (&[("X-HubSpot-Signature", &hex), ("X-HubSpot-Signature-Version", "v1")], Some("hubspot-v1")),
        (&[("X-HubSpot-Signature", &hex), ("X-HubSpot-Signature-Version", "v2")], Some("hubspot-v2")),
        (
            &[("X-HubSpot-Signature", &hex), ("X-HubSpot-Signature-Version", "v2"), ("X-HubSpot-Signature-v3", base64)],
            Some("hubspot-v3"),
        ),
        (&[("X-Cld-Signature", &sha1)], Some("cloudinary")),
        (&[("X-Cld-Signature", &hex)], Some("cloudinary-sha256")),
    ];
    for (headers, right) in cases {
        let request = headers.iter().fold(Request::new("{}"), |request, (name, value)| request.with(name, *value));
        assert_eq!(id(&request).as_deref(), *right, "{headers:?}");
    }
}

/// Bodies and queries speak where headers leave it open.
#[test]
fn a_body_tells_what_no_header_does() {
    let form = |body: &str| Request::new(body).with("Content-Type", "application/x-www-form-urlencoded");
    let item =
        r#"{"notificationItems":[{"NotificationRequestItem":{"pspReference":"P1","eventCode":"AUTHORISATION"}}]}"#;
    let sns = r#"{"Type":"Notification","TopicArn":"arn:aws:sns:a:1:t","SigningCertURL":"https://sns.a.amazonaws.com/c.pem"}"#;
    let pubsub = r#"{"message":{"data":"","messageId":"1"},"subscription":"projects/p/subscriptions/s"}"#;
    let sha1 = format!("sha1={}", "a".repeat(40));
    let sha256 = format!("sha256={}", "a".repeat(64));
    for (right, request) in [
        ("adyen-standard", Request::new(item)),
        ("aws-sns", Request::new(sns)),
        ("google-pubsub", Request::new(pubsub).with("Authorization", "Bearer e.e.e")),
        ("microsoft-graph", Request::new(r#"{"value":[{"clientState":"s","changeType":"updated"}]}"#)),
        ("mailgun", Request::new(r#"{"signature":{"token":"t"},"event-data":{"event":"opened"}}"#)),
        ("dropbox-sign", Request::new(r#"{"event":{"event_time":"1","event_hash":"h"}}"#)),
        ("figma", Request::new(r#"{"event_type":"PING","passcode":"p"}"#)),
        ("zulip", Request::new(r#"{"bot_email":"a@b","token":"t"}"#)),
        ("postmark", Request::new(r#"{"RecordType":"Bounce","MessageID":"m"}"#)),
        ("braintree", form("bt_signature=a%7Cb&bt_payload=c")),
        ("paddle-classic", form("alert_name=a&p_signature=b")),
        ("nuvei", form("advanceResponseChecksum=a")),
        // Names that several senders use, told apart by the body.
        ("intercom", Request::new(r#"{"type":"notification_event","app_id":"a"}"#).with("X-Hub-Signature", sha1)),
        ("meta", Request::new(r#"{"object":"page","entry":[{"id":"1"}]}"#).with("X-Hub-Signature-256", sha256)),
        ("clickup", Request::new(r#"{"webhook_id":"w","event":"taskCreated"}"#).with("X-Signature", "a".repeat(64))),
    ] {
        assert_eq!(id(&request).as_deref(), Some(right));
    }
    assert_eq!(id(&Request::new(r#"{"type":"a","token":"b","event":{}}"#)), None);
    assert_eq!(id(&form("token=a&sig=b&signature=c")), None);
}

/// Headers by which the newer recipes are told from those that share a name with them.
#[test]
fn a_second_header_or_a_values_shape_decides() {
    let twilio = || Request::new("{}").with("X-Twilio-Signature", "a");
    let jwt = "eyJhbGciOiJIUzI1NiJ9.e30.a";
    for (right, request) in [
        ("twilio", twilio().with("Content-Type", "application/x-www-form-urlencoded")),
        ("twilio-json", twilio().with("Content-Type", "application/json")),
        ("twilio-sharedkey", twilio().with("X-Twilio-Webhooks-Signature-Settings", "key=k,algorithm=HMAC_SHA256")),
        ("netlify", Request::new("{}").with("X-Webhook-Signature", jwt)),
        ("fusionauth", Request::new("{}").with("X-FusionAuth-Signature-JWT", jwt)),
        ("fusionauth-public-key", Request::new("{}").with("X-FusionAuth-Signature-JWT", "eyJhbGciOiJSUzI1NiJ9.e30.a")),
        ("wise", Request::new("{}").with("X-Signature-SHA256", "a+/=").with("X-Delivery-Id", "d")),
        ("websub", Request::new("").with("X-Hub-Signature", "sha1=aa").with("Link", "<https://a>; rel=hub")),
        ("signalwire", Request::new("").with("X-SignalWire-Signature", "a".repeat(40))),
        ("signalwire-cxml", Request::new("").with("X-SignalWire-Signature", "tVV6S488wwjRnrT2nzNjkqMe73s=")),
        ("plivo-v3", Request::new("").with("X-Plivo-Signature-V2", "a").with("X-Plivo-Signature-V3", "a")),
        ("mautic", Request::new("{}").with("Webhook-Signature", "a=").with("X-Origin-Base-URL", "https://m.example")),
    ] {
        assert_eq!(id(&request).as_deref(), Some(right));
    }
}

/// Whoever is recognised by what signing sets is the one that signed: no recipe claims another's deliveries.
#[test]
fn a_signed_request_is_never_taken_for_another_scheme() {
    let mut named = 0;
    for provider in Registry::built_in().providers() {
        let request = suited(provider, b"{}");
        // A body that suits every scheme speaks for several.
        if request.body != b"{}" {
            continue;
        }
        // Twilio's schemes differ in headers that are not part of them.
        let request = match provider.id().as_str() {
            "twilio-json" => request.with("Content-Type", "application/json"),
            "twilio-sharedkey" => request.with("X-Twilio-Webhooks-Signature-Settings", "key=k,algorithm=HMAC_SHA256"),
            _ => request,
        };
        let request = request.signed(provider, &[&any_secret(provider)]);
        let message = request.message();
        if let Some(recognition) = Registry::built_in().recognise(&message) {
            let same = recognition.provider.id() == provider.id();
            // Vendors who use a generic scheme send nothing of their own; what can be named is the scheme.
            let generic = ["standard-webhooks", "svix"].contains(&recognition.provider.id().as_str());
            // Two recipes of one vendor may share a scheme and differ in the event alone.
            let secret = any_secret(recognition.provider);
            let as_good = request.verify(recognition.provider, &[&secret]).kind() == VerdictKind::Valid;
            assert!(same || generic || as_good, "{} for {}", recognition.provider.id(), provider.id());
            named += usize::from(same);
        }
    }
    assert!(named > 100, "{named}");
}

#[test]
fn two_providers_with_the_same_clues_are_both_left_out() {
    let recipe = |id: &str| {
        format!(
            "id = \"{id}\"\nname = \"{id}\"\nmonogram = \"A\"\nsummary = \"\"\n\
             evidence = [{{ kind = \"third-party\", source = \"s\" }}]\n\
             secret = {{ form = \"text\", hint = \"h\" }}\n\
             recognise = [{{ header = \"X-Same\", points = 100 }}]\n\
             [signature]\nfrom = {{ header = \"X-Same\" }}\nlayout = \"bare\"\nalgorithm = \"hmac-sha256\"\n\
             encoding = \"hex\"\ncontent = \"{{body}}\"\n"
        )
    };
    let (one, two) = (recipe("one"), recipe("two"));
    let request = Request::new("{}").with("X-Same", "aa");
    let both = Registry::load(&[("one.toml", &one), ("two.toml", &two)]).unwrap();
    assert!(both.recognise(&request.message()).is_none());
    let alone = Registry::load(&[("one.toml", &one)]).unwrap();
    assert!(alone.recognise(&request.message()).is_some());
}

/// The listener waits for this look-up: 20 µs at most in a release build (issue 3). Unoptimised code is some ten
/// times slower, so this only catches work that grows with the number of providers.
#[test]
fn looking_through_all_providers_takes_microseconds() {
    let mut request = Request::new("{}");
    for name in ["Host", "User-Agent", "Accept", "Content-Type", "Content-Length", "X-Forwarded-For", "X-Request-Id"] {
        request = request.with(name, "something of a usual length");
    }
    request = request.with("X-Hub-Signature-256", "sha256=aa").with("X-GitHub-Event", "push");
    request = request.with("X-GitHub-Delivery", "1").with("X-Hub-Signature", "sha1=aa").with("webhook-id", "1");
    let message = request.message();
    let rounds = 2000;
    let started = std::time::Instant::now();
    for _ in 0..rounds {
        std::hint::black_box(Registry::built_in().recognise(std::hint::black_box(&message)));
    }
    let each = started.elapsed() / rounds;
    assert!(each.as_micros() < 200, "{each:?}");
}
