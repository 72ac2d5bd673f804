//! Searching as hosts do: pages, numbers, completions, notes, deleting with a way back.

use hookglass_workbench::model::VerdictKind;
use hookglass_workbench::view::{CaptureFilter, CompletionItem, SavedFilterInput, SearchEnd};

use super::bench::{Bench, stripe_signature};

async fn rows(bench: &Bench, text: &str) -> Vec<i64> {
    let filter = CaptureFilter { query: text.to_owned(), ..CaptureFilter::default() };
    let page = bench.workbench.list_captures(filter, 0, None, 100).await.unwrap();
    assert_eq!(page.end, SearchEnd::Everything, "{text}");
    assert_eq!((page.total, page.total_is_exact), (page.rows.len() as u64, true), "{text}");
    let count = bench.workbench.count_search(text, 0).await.unwrap();
    assert_eq!((count.captures, count.is_exact), (page.rows.len() as u64, true), "{text}");
    page.rows.iter().map(|row| row.seq).collect()
}

async fn filled() -> Bench {
    let bench = Bench::start().await;
    bench.endpoint("shop", "stripe", "whsec_test").await;
    let body = br#"{"id":"evt_1","type":"invoice.paid","data":{"object":{"amount":1250}}}"#;
    let signature = stripe_signature("whsec_test", super::bench::NOW, body);
    assert_eq!(bench.post("/shop", &[("Stripe-Signature", &signature)], body).await, 200);
    assert_eq!(bench.post("/shop", &[("Stripe-Signature", "t=1,v1=00")], body).await, 200);
    assert_eq!(bench.post("/other?x=1", &[("User-Agent", "curl/8")], b"plain text").await, 200);
    bench
}

#[tokio::test]
async fn a_capture_is_found_as_soon_as_its_sender_was_answered() {
    let bench = filled().await;
    assert_eq!(rows(&bench, "provider:stripe verdict:valid").await, [1]);
    assert_eq!(rows(&bench, "endpoint:shop -verdict:valid json.data.object.amount:>1000").await, [2]);
    assert_eq!(rows(&bench, "\"plain text\" after:1m").await, [3]);
    assert_eq!(rows(&bench, "header.user-agent:CURL").await, [3]);
    let shop = bench.rows().await[1].endpoint;
    let query = |query: &str| CaptureFilter { query: query.to_owned(), ..CaptureFilter::default() };
    let filter = CaptureFilter { endpoint: Some(shop), verdict: Some(VerdictKind::Invalid), query: "evt_1".to_owned() };
    let page = bench.workbench.list_captures(filter, 0, None, 100).await.unwrap();
    assert_eq!(page.rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [2], "endpoint and verdict hold, too");
    let error = bench.workbench.list_captures(query("a ("), 0, None, 10).await.unwrap_err();
    assert_eq!(error.message, "This parenthesis is not closed.");
}

#[tokio::test]
async fn real_values_are_offered_with_their_number() {
    let bench = filled().await;
    let items = async |text: &str| {
        let cursor = u32::try_from(text.encode_utf16().count()).unwrap();
        let view = bench.workbench.complete_query(text, cursor).await.unwrap();
        view.items.into_iter().map(|CompletionItem { insert, captures, .. }| (insert, captures)).collect::<Vec<_>>()
    };
    let one = |text: &str, captures| vec![(text.to_owned(), Some(captures))];
    assert_eq!(items("a event:inv").await, one("invoice.paid", 2));
    assert_eq!(items("provider:").await, one("stripe", 2));
    assert_eq!(items("json.data").await, one("json.data.object.amount:", 2));
    assert_eq!(items("json.data.object.amount:").await, one("1250", 2));
    assert_eq!(items("header.user-a").await, one("header.user-agent:", 1));
    assert_eq!(items("header.user-agent:").await, one("curl/8", 1));
    assert_eq!(items("endpoint:sh").await, one("shop", 2));
    assert_eq!(items("-pro").await, [("provider:".to_owned(), None)]);
    assert_eq!(items("dup:ret").await, [("retry".to_owned(), None)]);
}

#[tokio::test]
async fn notes_labels_saved_filters_and_deleting_with_a_way_back() {
    let bench = filled().await;
    let (workbench, id) = (&bench.workbench, bench.newest().await.row.id);
    assert_eq!(workbench.set_note(id, "Ask about this".to_owned()).await.unwrap().note, "Ask about this");
    assert!(workbench.set_note(id, "x".repeat(10_001)).await.is_err());
    workbench.set_label(vec![id], " later ".to_owned(), true).await.unwrap();
    assert!(workbench.set_label(vec![id], "a\"b".to_owned(), true).await.is_err());
    assert_eq!(rows(&bench, "note:ask label:later").await, [3]);
    assert_eq!(workbench.labels().await.unwrap().len(), 1);

    assert_eq!(workbench.delete_captures(vec![id]).await.unwrap(), [id]);
    assert_eq!(rows(&bench, "").await, [2, 1]);
    assert_eq!(bench.rows().await.len(), 2);
    assert_eq!(workbench.undo_delete(vec![id]).await.unwrap(), 1);
    assert_eq!(rows(&bench, "label:later").await, [3]);

    let input = |id, query: &str| SavedFilterInput { id, name: "Broken".to_owned(), query: query.to_owned() };
    let saved = workbench.save_filter(input(None, "verdict:invalid after:1h")).await.unwrap();
    assert_eq!(saved[0].reading, "invalid captures, received in the last hour");
    assert!(workbench.save_filter(input(None, "verdict:wrong")).await.is_err());
    assert!(workbench.delete_filter(&saved[0].id).await.unwrap().is_empty());
}
