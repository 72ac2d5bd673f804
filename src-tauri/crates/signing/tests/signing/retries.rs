//! Retry schedules as the vendors document them.

use hookglass_signing::Registry;

use crate::request::provider;

#[test]
fn the_schedule_of_the_specification_adds_up_to_its_total() {
    let schedule = provider("standard-webhooks").retry_schedule().unwrap();
    assert_eq!(schedule.attempts(), Some(10));
    // 75:35:05, as the specification says.
    assert_eq!(schedule.delays_seconds().iter().sum::<u32>(), 75 * 3600 + 35 * 60 + 5);
    assert!(schedule.stops_on()[0].contains(410) && !schedule.stops_on()[0].contains(404));
}

#[test]
fn github_never_tries_again_and_slack_three_times() {
    let github = provider("github").retry_schedule().unwrap();
    assert_eq!((github.attempts(), github.timeout_seconds()), (Some(1), Some(10)));
    assert!(github.delays_seconds().is_empty());
    let slack = provider("slack").retry_schedule().unwrap();
    assert_eq!((slack.attempts(), slack.delays_seconds()), (Some(4), &[0, 60, 300][..]));
    assert!(slack.success()[0].contains(204));
    assert!(provider("stripe").retry_schedule().unwrap().evidence().source.contains("docs.stripe.com"));
}

#[test]
fn schedules_are_sentences_with_a_source() {
    let schedules: Vec<_> = Registry::built_in()
        .providers()
        .filter_map(|provider| Some((provider.id(), provider.retry_schedule()?)))
        .collect();
    assert!(schedules.len() >= 41, "{}", schedules.len());
    for (id, schedule) in schedules {
        assert!(schedule.text().ends_with('.') && schedule.text().len() < 250, "{id}");
        assert!(!schedule.evidence().source.is_empty(), "{id}");
        assert_eq!(schedule.attempts() == Some(1), schedule.text().starts_with("Never"), "{id}");
    }
}
