//! Endpoints and sealed secrets.

use hookglass_model::{Endpoint, EndpointId, EndpointSecret, ProviderId, SecretId, Slug};
use hookglass_store::StoreError;
use uuid::Uuid;

use crate::fixtures::{capture, endpoint_id, store};

fn secret_id(number: u128) -> SecretId {
    SecretId(Uuid::from_u128(number))
}

fn endpoint(number: u128, slug: &str) -> Endpoint {
    Endpoint {
        id: endpoint_id(number),
        slug: Slug::new(slug).unwrap(),
        provider: Some(ProviderId::from("stripe")),
        secrets: vec![
            EndpointSecret { id: secret_id(2), label: "Dashboard · “test”".to_owned() },
            EndpointSecret { id: secret_id(1), label: String::new() },
        ],
        public_url: Some("https://example.test/hook?a=1".to_owned()),
        tolerance_seconds: Some(u32::MAX),
        target_url: None,
        setup_text: Some(secret_id(3)),
    }
}

#[tokio::test]
async fn the_built_in_endpoint_is_always_there() {
    let (_dir, store) = store();
    assert_eq!(store.list_endpoints().await, Ok(vec![Endpoint::built_in()]));
    assert_eq!(store.delete_endpoint(EndpointId::DEFAULT).await, Err(StoreError::BuiltInEndpoint));
    let changed = Endpoint { provider: Some(ProviderId::from("github")), ..Endpoint::built_in() };
    store.save_endpoint(changed.clone()).await.unwrap();
    assert_eq!(store.list_endpoints().await, Ok(vec![changed]));
}

#[tokio::test]
async fn endpoints_are_saved_updated_and_hidden() {
    let (_dir, store) = store();
    let (mut b, a) = (endpoint(8, "b"), endpoint(5, "a"));
    store.save_endpoint(b.clone()).await.unwrap();
    store.save_endpoint(a.clone()).await.unwrap();
    assert_eq!(store.list_endpoints().await, Ok(vec![Endpoint::built_in(), b.clone(), a.clone()]));

    let slug = Slug::new("b").unwrap();
    let thief = Endpoint { slug: slug.clone(), ..a.clone() };
    assert_eq!(store.save_endpoint(thief.clone()).await, Err(StoreError::SlugTaken { slug: slug.clone() }));
    assert_eq!(
        store.save_endpoint(endpoint(9, "default")).await.unwrap_err().to_string(),
        "Another endpoint already uses “default”. Choose another name."
    );

    b.secrets.clear();
    b.tolerance_seconds = None;
    b.setup_text = None;
    store.save_endpoint(b.clone()).await.unwrap();
    assert_eq!(store.list_endpoints().await.unwrap()[1], b);

    let new = hookglass_store::NewCapture { endpoint: b.id, ..capture(1) };
    store.insert_capture(new).await.unwrap();
    store.delete_endpoint(b.id).await.unwrap();
    store.delete_endpoint(endpoint_id(77)).await.unwrap();
    assert_eq!(store.list_endpoints().await.unwrap().len(), 2);
    assert_eq!(store.get_capture(capture(1).id).await.unwrap().unwrap().endpoint, b.id);

    store.save_endpoint(thief).await.unwrap();
    assert_eq!(store.save_endpoint(b.clone()).await, Err(StoreError::SlugTaken { slug }));
    b.slug = Slug::new("again").unwrap();
    store.save_endpoint(b.clone()).await.unwrap();
    assert_eq!(store.list_endpoints().await.unwrap()[1], b);
}

#[tokio::test]
async fn sealed_secrets_are_kept_byte_for_byte() {
    let (_dir, store) = store();
    let bytes: Vec<u8> = (0..=255).collect();
    store.put_secret(secret_id(1), vec![1]).await.unwrap();
    store.put_secret(secret_id(2), Vec::new()).await.unwrap();
    store.put_secret(secret_id(1), bytes.clone()).await.unwrap();
    assert_eq!(store.sealed_secrets().await, Ok(vec![(secret_id(1), bytes), (secret_id(2), Vec::new())]));
    store.delete_secret(secret_id(1)).await.unwrap();
    store.delete_secret(secret_id(1)).await.unwrap();
    assert_eq!(store.sealed_secrets().await, Ok(vec![(secret_id(2), Vec::new())]));
}
