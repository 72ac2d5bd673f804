//! Recipes of the user's own: real files, a real store, requests over a real socket.

use std::{fs, path::PathBuf, sync::Arc};

use hmac::{Hmac, KeyInit, Mac};
use hookglass_workbench::model::{ProviderId, VerdictKind};
use hookglass_workbench::view::{Notice, TrialInput};
use hookglass_workbench::{ErrorCode, KnownProviders, Options, VaultChoice, Workbench};
use sha2::Sha256;

use crate::bench::{Bench, NOW, endpoint_input, stripe_signature};

const RECIPE: &str = r#"
id = "ours"
name = "Our sender"
monogram = "O"
summary = "X-Ours · HMAC-SHA256 hex"
evidence = [{ kind = "official-docs", source = "our wiki" }]

[secret]
form = "text"
hint = "a secret"

[signature]
from = { header = "X-Ours" }
layout = "bare"
algorithm = "hmac-sha256"
encoding = "hex"
content = "{header:X-When}:{body}"

[event]
type = [{ json = "/kind" }]
id = { json = "/id" }

[[recognise]]
header = "X-Ours"
points = 100
"#;

const BODY: &[u8] = br#"{"id":"o_1","kind":"order.made"}"#;

/// Made here and not by the crate under test.
fn ours(secret: &str, when: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(when.as_bytes());
    mac.update(b":");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

fn id(text: &str) -> ProviderId {
    ProviderId::from(text)
}

impl Bench {
    fn recipe_file(&self, name: &str) -> PathBuf {
        self.dir.path().join("providers").join(name)
    }

    async fn save(&self, recipe: &str, replaces: Option<&str>) -> Result<String, String> {
        let saved = self.workbench.save_provider(recipe.to_owned(), replaces.map(id)).await;
        saved.map(|info| info.id.0).map_err(|error| error.message)
    }
}

fn trial(recipe_text: &str) -> TrialInput {
    TrialInput { recipe_text: recipe_text.to_owned(), replaces: None, capture: None, secret: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_recipe_checks_what_comes_next_and_is_there_after_a_restart() {
    let bench = Bench::start().await;
    let signature = ours("hush", "now", BODY);
    let headers = [("X-Ours", signature.as_str()), ("X-When", "now")];
    bench.post("/a", &headers, BODY).await;
    assert_eq!(bench.newest().await.row.provider, None, "nobody knows this sender yet");

    let mut notices = bench.workbench.notices();
    assert_eq!(bench.save(RECIPE, None).await, Ok("ours".to_owned()));
    while notices.next().await != Some(Notice::Providers) {}

    bench.post("/a", &headers, BODY).await;
    let row = bench.newest().await.row;
    assert_eq!((row.provider, row.event_type.as_deref()), (Some(id("ours")), Some("order.made")), "recognised");

    bench.workbench.save_endpoint(endpoint_input("mine", Some("ours"), &[("one", "hush")])).await.unwrap();
    bench.post("/mine", &headers, BODY).await;
    let detail = bench.newest().await;
    assert_eq!(detail.row.verdict, VerdictKind::Valid);
    assert_eq!(detail.signature.provider_name.as_deref(), Some("Our sender"));
    let draft = bench.workbench.open_draft(detail.row.id).await.unwrap();
    assert_eq!(draft.resign.unwrap().provider, id("ours"), "it signs, too");

    let Bench { workbench, clock, dir, .. } = bench;
    workbench.close().await;
    drop(workbench);
    let options = Options { data_dir: dir.path().to_path_buf(), vault: VaultChoice::Memory };
    let again = Arc::new(Workbench::open(options, clock).await.unwrap());
    let info = again.provider_detail(&id("ours")).unwrap();
    assert!(info.info.custom && !info.info.official, "evidence that nobody looked at makes nothing official");
    assert_eq!(info.recipe_text, RECIPE);
    assert_eq!(info.used_by, ["mine"]);
    assert!(again.broken_providers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_recipe_changes_the_verdicts_of_later_captures_alone() {
    let bench = Bench::start().await;
    bench.save(RECIPE, None).await.unwrap();
    bench.workbench.save_endpoint(endpoint_input("mine", Some("ours"), &[("one", "hush")])).await.unwrap();
    let body_only = {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"hush").unwrap();
        mac.update(BODY);
        hex::encode(mac.finalize().into_bytes())
    };
    let headers = [("X-Ours", body_only.as_str()), ("X-When", "now")];
    bench.post("/mine", &headers, BODY).await;
    let before = bench.newest().await.row;
    assert_eq!(before.verdict, VerdictKind::Invalid);
    let changed = RECIPE.replace("{header:X-When}:{body}", "{body}");
    bench.save(&changed, Some("ours")).await.unwrap();
    bench.post("/mine", &headers, BODY).await;
    assert_eq!(bench.newest().await.row.verdict, VerdictKind::Valid);
    assert_eq!(bench.workbench.capture_detail(before.id).await.unwrap().row.verdict, VerdictKind::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipe_is_tried_on_a_capture_without_being_kept() {
    let bench = Bench::start().await;
    bench.post("/a", &[("X-Ours", &ours("hush", "now", BODY)), ("X-When", "now")], BODY).await;
    let capture = Some(bench.newest().await.row.id);
    let judged = async |recipe: &str, secret: Option<&str>| {
        let input = TrialInput { capture, secret: secret.map(str::to_owned), ..trial(recipe) };
        bench.workbench.try_provider(input).await.unwrap()
    };

    let right = judged(RECIPE, Some("hush")).await;
    assert_eq!(right.verdict.unwrap().kind, VerdictKind::Valid);
    assert_eq!((right.event_type.as_deref(), right.event_id.as_deref()), (Some("order.made"), Some("o_1")));
    let parts: Vec<_> = right.signed_parts.iter().map(|part| part.text.as_bytes()).collect();
    assert_eq!(parts.concat(), [b"now:", BODY].concat(), "joined they are what is signed");

    assert_eq!(judged(RECIPE, Some("other")).await.verdict.unwrap().kind, VerdictKind::Invalid);
    let without = judged(RECIPE, None).await;
    assert_eq!(without.verdict.unwrap().kind, VerdictKind::NotChecked);
    assert_eq!(without.signed_parts.len(), 3, "what is signed needs no secret");

    let broken = judged(&RECIPE.replace("encoding = \"hex\"", "encoding = \"hax\""), Some("hush")).await;
    let problem = broken.problem.unwrap();
    assert_eq!((problem.line, problem.field.as_str()), (Some(16), "signature.encoding"));
    assert!(broken.verdict.is_none() && broken.signed_parts.is_empty());

    assert!(bench.workbench.provider_detail(&id("ours")).is_err(), "nothing was kept");
    assert!(!bench.dir.path().join("providers").exists());
    let input = TrialInput { secret: Some("CANARY".to_owned()), ..trial("CANARY") };
    assert!(!format!("{input:?}").contains("CANARY"));
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_are_taken_or_no_file_names_are_refused() {
    let bench = Bench::start().await;
    bench.save(RECIPE, None).await.unwrap();
    for (wrong, part) in [
        ("stripe", "Hookglass comes with"),
        ("ours", "already has this id"),
        ("../ours", "a-z"),
        ("Ours", "a-z"),
        ("", "a-z"),
        (&"o".repeat(65), "1 to 64"),
    ] {
        let recipe = RECIPE.replace("\"ours\"", &format!("{wrong:?}"));
        let error = bench.save(&recipe, None).await.unwrap_err();
        assert!(error.contains("line 2, id: ") && error.contains(part), "{wrong}: {error}");
        let problem = bench.workbench.try_provider(trial(&recipe)).await.unwrap().problem.unwrap();
        assert_eq!((problem.line, problem.field.as_str()), (Some(2), "id"), "{wrong}: said while typing, too");
    }
    let huge = format!("{RECIPE}# {}", "x".repeat(64 * 1024));
    assert!(bench.save(&huge, Some("ours")).await.unwrap_err().contains("at most 65536"));
    assert_eq!(fs::read_dir(bench.dir.path().join("providers")).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_endpoints_use_is_neither_deleted_nor_renamed() {
    let bench = Bench::start().await;
    bench.save(RECIPE, None).await.unwrap();
    let endpoint = bench.workbench.save_endpoint(endpoint_input("mine", Some("ours"), &[])).await.unwrap();
    let renamed = RECIPE.replace("\"ours\"", "\"theirs\"");
    let error = bench.workbench.delete_provider(id("ours")).await.unwrap_err();
    assert!(error.message.contains("“mine”"), "{}", error.message);
    assert!(bench.save(&renamed, Some("ours")).await.unwrap_err().contains("“mine”"));
    assert!(bench.recipe_file("ours.toml").exists() && !bench.recipe_file("theirs.toml").exists());

    bench.workbench.delete_endpoint(endpoint.id).await.unwrap();
    assert_eq!(bench.save(&renamed, Some("ours")).await, Ok("theirs".to_owned()));
    assert!(!bench.recipe_file("ours.toml").exists() && bench.recipe_file("theirs.toml").exists());
    bench.workbench.delete_provider(id("theirs")).await.unwrap();
    assert!(!bench.recipe_file("theirs.toml").exists());
    assert_eq!(bench.workbench.delete_provider(id("theirs")).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(bench.workbench.delete_provider(id("stripe")).await.unwrap_err().code, ErrorCode::InvalidInput);
    assert_eq!(bench.workbench.delete_provider(id("../hookglass")).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_file_is_reported_and_changes_nothing_else() {
    let bench = Bench::start().await;
    bench.save(RECIPE, None).await.unwrap();
    fs::write(bench.recipe_file("torn.toml"), "id = \"torn\"\nname = ").unwrap();
    fs::write(bench.recipe_file("stripe.toml"), RECIPE.replace("\"ours\"", "\"stripe\"")).unwrap();
    fs::write(bench.recipe_file("bytes.toml"), [0xff, 0xfe, 0x00]).unwrap();
    fs::write(bench.recipe_file("huge.toml"), "é".repeat(40 * 1024)).unwrap();
    fs::create_dir(bench.recipe_file("folder.toml")).unwrap();
    fs::write(bench.recipe_file("notes.txt"), "not a recipe").unwrap();
    bench.workbench.reload_providers().await.unwrap();

    let broken = bench.workbench.broken_providers();
    let said = |file: &str| broken.iter().find(|one| one.problem.file == file).unwrap().problem.sentence();
    assert_eq!(broken.len(), 5, "{broken:?}");
    assert!(said("torn.toml").contains("line 2"), "{}", said("torn.toml"));
    assert!(said("stripe.toml").contains("Hookglass comes with"));
    assert!(said("bytes.toml").contains("UTF-8"));
    assert!(said("huge.toml").contains("at most 65536"));
    assert!(said("folder.toml").contains("not a file"));
    assert!(!bench.workbench.provider_detail(&id("stripe")).unwrap().info.custom);
    assert!(bench.workbench.provider_detail(&id("ours")).unwrap().info.custom);

    bench.endpoint("stripe", "stripe", "whsec_x").await;
    bench.post("/stripe", &[("Stripe-Signature", &stripe_signature("whsec_x", NOW, b"{}"))], b"{}").await;
    assert_eq!(bench.newest().await.row.verdict, VerdictKind::Valid);

    // Other hosts see the same folder.
    let known = KnownProviders::read(bench.dir.path());
    assert_eq!(known.broken().len(), 5);
    assert!(known.detail("ours").is_ok());
    assert!(known.detail("torn").unwrap_err().message.contains("line 2"));

    bench.workbench.delete_provider(id("torn")).await.unwrap();
    assert_eq!(bench.workbench.broken_providers().len(), 4);
    assert!(!bench.recipe_file("torn.toml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_any_provider_can_be_saved_at_once() {
    let bench = Bench::start().await;
    for info in bench.workbench.list_providers() {
        let text = bench.workbench.provider_draft(Some(&info.id)).unwrap();
        let tried = bench.workbench.try_provider(trial(&text)).await.unwrap();
        assert_eq!(tried.problem, None, "{}", info.id);
        let copy = tried.provider.unwrap();
        assert_eq!((copy.id.as_str(), copy.name), (&*format!("{}-mine", info.id), format!("{} (mine)", info.name)));
    }
    let copy = bench.workbench.provider_draft(Some(&id("stripe"))).unwrap();
    assert!(copy.contains("# The SDKs compare only the age"), "comments stay");
    bench.save(&copy, None).await.unwrap();
    bench.post("/any", &[("Stripe-Signature", "t=1,v1=00")], b"{}").await;
    assert_eq!(bench.newest().await.row.provider, Some(id("stripe")), "a copy does not blur whose request it is");
    let second = bench.workbench.provider_draft(Some(&id("stripe"))).unwrap();
    assert_eq!(bench.save(&second, None).await, Ok("stripe-mine-2".to_owned()));
    let blank = bench.workbench.provider_draft(None).unwrap();
    assert_eq!(bench.save(&blank, None).await, Ok("acme".to_owned()), "the example is a recipe that works");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_recipe_file_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::start().await;
    bench.save(RECIPE, None).await.unwrap();
    bench.save(&format!("{RECIPE}\n# changed"), Some("ours")).await.unwrap();
    let mode = fs::metadata(bench.recipe_file("ours.toml")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(fs::read_dir(bench.dir.path().join("providers")).unwrap().count(), 1, "nothing half-written stays");
}
