//! Sample events in the composer.

use hookglass_workbench::{
    ErrorCode, KnownProviders,
    model::{ProviderId, UnixMillis},
    sample_draft, sample_events,
};

const NOW: UnixMillis = UnixMillis(1_700_000_000_000);

/// Those that come with Hookglass.
fn known() -> KnownProviders {
    KnownProviders::read(tempfile::tempdir().unwrap().path())
}

#[test]
fn a_sample_opens_as_a_fresh_draft() {
    let github = ProviderId("github".to_owned());
    let draft = sample_draft(&known(), &github, "push", NOW).unwrap();
    assert_eq!(
        (draft.method.as_str(), draft.query.as_str(), draft.title.as_str()),
        ("POST", "", "Commits were pushed")
    );
    let delivery = |draft: &hookglass_workbench::view::SampleDraftView| {
        draft.headers.iter().find(|header| header.name == "X-GitHub-Delivery").unwrap().value.clone()
    };
    assert!(draft.body_text.contains("2023-11-14T22:13:20Z"), "{}", draft.body_text);
    assert!(draft.headers.iter().all(|header| header.name != "X-Hub-Signature-256"), "not signed yet");
    let another = sample_draft(&known(), &github, "push", NOW).unwrap();
    assert_ne!(delivery(&draft), delivery(&another));
}

#[test]
fn unknown_providers_and_events_are_named() {
    let error = sample_draft(&known(), &ProviderId("github".to_owned()), "pull", NOW).unwrap_err();
    assert_eq!(error.code, ErrorCode::InvalidInput);
    assert!(error.message.contains("There are: push, pull_request.opened, issues.opened."), "{}", error.message);
    assert!(sample_draft(&known(), &ProviderId("nobody".to_owned()), "push", NOW).is_err());
    assert!(sample_events(&known(), "ably").unwrap_err().message.contains("no sample events of Ably"));
}
