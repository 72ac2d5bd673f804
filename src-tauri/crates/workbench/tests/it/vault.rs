//! The vault through the use cases: real key files, real databases, real requests.

use std::{path::Path, sync::Arc};

use hookglass_workbench::model::{NotCheckedReason, Verdict, VerdictKind};
use hookglass_workbench::view::{
    EndpointView, ListenerState, Notice, SecretInput, SecretState, VaultCondition, VaultInput, VaultPlace,
};
use hookglass_workbench::{ErrorCode, Options, VaultChoice, Workbench};

use crate::bench::{Bench, NOW, endpoint_input, stripe_signature};

const SECRET: &str = "whsec_CANARY_0123456789abcdef";

impl Bench {
    /// Closes the workbench and opens it again, as a new start would.
    async fn restart(self, vault: VaultChoice) -> Self {
        let Self { workbench, clock, dir, .. } = self;
        workbench.close().await;
        drop(workbench);
        let options = Options { data_dir: dir.path().to_path_buf(), vault };
        let workbench = Arc::new(Workbench::open(options, clock.clone()).await.unwrap());
        let ListenerState::Listening { address, .. } = workbench.listen_on("127.0.0.1:0").await.unwrap() else {
            panic!("a free port must be found");
        };
        Self { workbench, clock, address, dir }
    }

    async fn stripe(&self, secret: &str, seconds: i64) -> Verdict {
        let signature = stripe_signature(secret, seconds, b"{}");
        assert_eq!(self.post("/stripe", &[("Stripe-Signature", &signature)], b"{}").await, 200);
        let row = self.newest().await.row;
        let captures = self.workbench.captures_after(row.seq - 1).await.unwrap();
        captures.last().unwrap().verdict.clone()
    }

    async fn stripe_endpoint(&self) -> EndpointView {
        let endpoints = self.workbench.list_endpoints().await.unwrap();
        endpoints.into_iter().find(|endpoint| endpoint.slug == "stripe").unwrap()
    }
}

fn passphrase(text: &str) -> VaultInput {
    VaultInput::Passphrase { passphrase: text.to_owned() }
}

fn contains(folder: &Path, needle: &[u8]) -> bool {
    folder.read_dir().unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()).any(|file| {
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(needle.len()).any(|window| window == needle)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_keeps_secrets_over_a_restart_and_is_told_about() {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", SECRET).await;
    let state = bench.workbench.choose_vault(VaultInput::KeyFile).await.unwrap();
    assert_eq!((state.place, state.condition, state.sealed), (Some(VaultPlace::KeyFile), VaultCondition::Ready, 1));
    assert_eq!(bench.stripe(SECRET, NOW).await.kind(), VerdictKind::Valid);

    let bench = bench.restart(VaultChoice::Chosen).await;
    assert_eq!(bench.stripe(SECRET, NOW).await.kind(), VerdictKind::Valid);
    let file = bench.workbench.app_state().await.unwrap().vault.key_file.unwrap();
    assert!(Path::new(&file).starts_with(bench.dir.path()));
    assert!(!contains(bench.dir.path(), SECRET.as_bytes()));

    // Back to memory: no key file, no sealed value; the secret works until the next start.
    let state = bench.workbench.choose_vault(VaultInput::Memory).await.unwrap();
    assert_eq!((state.key_file, state.sealed, state.held), (None, 0, 1));
    assert!(!Path::new(&file).exists());
    assert_eq!(bench.stripe(SECRET, NOW).await.kind(), VerdictKind::Valid);
    let bench = bench.restart(VaultChoice::Chosen).await;
    assert_eq!(bench.stripe_endpoint().await.secrets[0].state, SecretState::EnterAgain);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_vault_captures_and_says_secret_locked() {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", SECRET).await;
    let short = bench.workbench.choose_vault(passphrase("short")).await.unwrap_err();
    assert_eq!(short.code, ErrorCode::InvalidInput);
    bench.workbench.choose_vault(passphrase("correct horse")).await.unwrap();

    let bench = bench.restart(VaultChoice::Chosen).await;
    assert_eq!(bench.workbench.vault_state().await.unwrap().condition, VaultCondition::Locked);
    let verdict = bench.stripe(SECRET, NOW).await;
    assert_eq!(verdict, Verdict::NotChecked { reason: NotCheckedReason::VaultLocked });
    assert_eq!(verdict.badge(), "Secret locked");
    assert_eq!(bench.stripe_endpoint().await.secrets[0].state, SecretState::Locked);
    let refused = bench.workbench.save_endpoint(endpoint_input("other", Some("stripe"), &[("x", "whsec_x")])).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::VaultLocked);
    assert_eq!(
        bench.workbench.choose_vault(VaultInput::KeyFile).await.unwrap_err().code,
        ErrorCode::VaultLocked,
        "no way around the passphrase"
    );

    let wrong = bench.workbench.unlock_vault("correct horsE".to_owned()).await.unwrap_err();
    assert_eq!(wrong.code, ErrorCode::WrongPassphrase);
    let mut notices = bench.workbench.notices();
    bench.workbench.unlock_vault("correct horse".to_owned()).await.unwrap();
    let told = loop {
        if let Notice::Vault { state } = notices.next().await.unwrap() {
            break state;
        }
    };
    assert_eq!(told.condition, VaultCondition::Ready);
    assert_eq!(bench.stripe(SECRET, NOW).await.kind(), VerdictKind::Valid);

    let workbench = &bench.workbench;
    workbench.change_vault_passphrase("correct horse".to_owned(), "battery staple".to_owned()).await.unwrap();
    let bench = bench.restart(VaultChoice::Chosen).await;
    assert!(bench.workbench.unlock_vault("correct horse".to_owned()).await.is_err());
    bench.workbench.unlock_vault("battery staple".to_owned()).await.unwrap();
    assert_eq!(bench.stripe(SECRET, NOW).await.kind(), VerdictKind::Valid);
    bench.workbench.lock_vault().await.unwrap();
    assert_eq!(bench.stripe(SECRET, NOW).await.kind(), VerdictKind::NotChecked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_key_leads_to_a_new_vault_and_back_when_it_is_found() {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", SECRET).await;
    let state = bench.workbench.choose_vault(VaultInput::KeyFile).await.unwrap();
    assert_eq!(bench.workbench.start_new_vault(VaultInput::KeyFile).await.unwrap_err().code, ErrorCode::InvalidInput);
    let file = state.key_file.unwrap();
    let hidden = bench.dir.path().join("hidden");
    std::fs::rename(&file, &hidden).unwrap();

    let bench = bench.restart(VaultChoice::Chosen).await;
    let state = bench.workbench.vault_state().await.unwrap();
    assert_eq!((state.condition, state.problem.unwrap().code.as_str()), (VaultCondition::KeyLost, "key_file_missing"));
    assert_eq!(bench.stripe(SECRET, NOW).await, Verdict::NotChecked { reason: NotCheckedReason::SecretUnavailable });
    let refused = bench.workbench.save_endpoint(endpoint_input("other", Some("stripe"), &[("x", "whsec_x")])).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::VaultUnavailable, "nothing else is used instead");

    let state = bench.workbench.start_new_vault(passphrase("correct horse")).await.unwrap();
    assert_eq!((state.condition, state.sealed, state.set_aside), (VaultCondition::Ready, 0, 1));
    let secret = &bench.stripe_endpoint().await.secrets[0];
    assert_eq!((secret.label.as_str(), secret.state), ("test", SecretState::EnterAgain));
    let back = bench.workbench.restore_set_aside(None).await.unwrap();
    assert_eq!((back.restored, back.problem.unwrap().code.as_str()), (0, "key_file_missing"));

    std::fs::rename(&hidden, &file).unwrap();
    let back = bench.workbench.restore_set_aside(None).await.unwrap();
    assert_eq!((back.restored, back.problem, back.state.sealed, back.state.set_aside), (1, None, 1, 0));
    assert_eq!(bench.stripe(SECRET, NOW).await.kind(), VerdictKind::Valid);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_key_file_that_others_can_read_is_refused_until_it_is_mended() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", SECRET).await;
    let file = bench.workbench.choose_vault(VaultInput::KeyFile).await.unwrap().key_file.unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let bench = bench.restart(VaultChoice::Chosen).await;
    let state = bench.workbench.vault_state().await.unwrap();
    let problem = state.problem.unwrap();
    assert_eq!((state.condition, problem.code.as_str()), (VaultCondition::Unavailable, "key_file_too_open"));
    assert!(problem.message.ends_with(&format!("chmod 600 '{file}'")), "{}", problem.message);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(bench.workbench.retry_vault().await.unwrap().condition, VaultCondition::Ready);
    assert_eq!(bench.stripe(SECRET, NOW).await.kind(), VerdictKind::Valid);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_reads_the_vault_and_keeps_its_own_secrets_in_memory() {
    let bench = Bench::start().await;
    bench.endpoint("stripe", "stripe", SECRET).await;
    bench.workbench.choose_vault(VaultInput::KeyFile).await.unwrap();
    let bench = bench.restart(VaultChoice::CommandLine).await;
    assert_eq!(bench.stripe(SECRET, NOW).await.kind(), VerdictKind::Valid);
    bench.endpoint("other", "stripe", "whsec_from_environment").await;
    let state = bench.workbench.vault_state().await.unwrap();
    assert_eq!((state.sealed, state.held), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_match_is_shown_survives_a_restart_and_tells_what_can_go() {
    let bench = Bench::start().await;
    let view = bench.endpoint("stripe", "stripe", "whsec_old").await;
    bench.workbench.choose_vault(VaultInput::KeyFile).await.unwrap();
    assert_eq!((view.secrets[0].last_matched_at, view.secrets[0].matches), (None, 0));
    // The old one matched before the new one was entered: ids carry the real time, and the test's clock is its own.
    let long_ago = 1_600_000_000;
    bench.clock.set_seconds(long_ago);
    assert_eq!(bench.stripe("whsec_old", long_ago).await.kind(), VerdictKind::Valid);
    let secret = &bench.stripe_endpoint().await.secrets[0];
    assert_eq!(secret.last_matched_at.unwrap().unix_seconds(), long_ago);

    let mut input = endpoint_input("stripe", Some("stripe"), &[("new", "whsec_new")]);
    input.id = Some(view.id);
    let old = SecretInput { id: Some(view.secrets[0].id), label: "old".to_owned(), value: None };
    input.secrets.insert(0, old);
    bench.workbench.save_endpoint(input).await.unwrap();
    assert!(!bench.stripe_endpoint().await.secrets[0].superseded);
    bench.clock.set_seconds(NOW);
    assert_eq!(bench.stripe("whsec_new", NOW).await.kind(), VerdictKind::Valid);

    let bench = bench.restart(VaultChoice::Chosen).await;
    let secrets = bench.stripe_endpoint().await.secrets;
    let shown =
        |at: usize| (secrets[at].last_matched_at.unwrap().unix_seconds(), secrets[at].matches, secrets[at].superseded);
    assert_eq!((shown(0), shown(1)), ((long_ago, 1, true), (NOW, 1, false)));
}
