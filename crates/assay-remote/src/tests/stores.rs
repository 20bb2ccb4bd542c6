use std::sync::Arc;

use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{Error, ObjectStoreExt};

use super::stage::{Failing, Machine, published, reader};
use crate::{FilledBy, RemoteError};

#[tokio::test]
async fn a_store_without_conditional_puts_is_refused_and_nothing_is_left_there() {
    let inner = Arc::new(InMemory::new());
    let store =
        Arc::new(Failing { conditional: false, ..Arc::into_inner(Failing::over(inner.clone(), 1_000)).unwrap() });
    let mut machine = Machine::new("desktop", store);
    let refused = machine.remote.create(&machine.holder, FilledBy::default()).await.unwrap_err();
    assert!(matches!(refused, RemoteError::NoConditionalPut { .. }), "{refused:?}");
    assert!(machine.remote.objects.list("").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_library_is_made_once_and_only_where_nothing_else_lies() {
    let (store, _publisher) = published().await;
    let mut other = Machine::new("laptop", store);
    let there = other.remote.create(&other.holder, FilledBy::default()).await.unwrap_err();
    assert!(matches!(there, RemoteError::Exists { .. }), "{there:?}");

    let store = Arc::new(InMemory::new());
    store.put(&Path::from("team/library/photo.jpg"), "a photo".into()).await.unwrap();
    let mut machine = Machine::new("desktop", store.clone());
    let taken = machine.remote.create(&machine.holder, FilledBy::default()).await.unwrap_err();
    assert!(matches!(&taken, RemoteError::Taken { found, .. } if found == "photo.jpg"), "{taken:?}");
    assert!(matches!(machine.remote.find().await, Err(RemoteError::NoLibrary { .. })));
    store.delete(&Path::from("team/library/photo.jpg")).await.unwrap();
    // Of two that make one at the same time, one does.
    let mut second = Machine::new("laptop", store);
    let (a, b) = tokio::join!(
        machine.remote.create(&machine.holder, FilledBy::default()),
        second.remote.create(&second.holder, FilledBy::default())
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
}

#[tokio::test]
async fn a_newer_format_and_another_library_are_refused() {
    let (store, publisher) = published().await;
    let mut stranger = reader(store.clone()).await;
    stranger.remote.library = Some("of another library".into());
    assert!(matches!(stranger.sync().await, Err(RemoteError::OtherLibrary { .. })));
    let newer = |name: &str| (Path::from(format!("team/library/{name}")), br#"{"format":2,"x":1}"#.to_vec());
    let (place, bytes) = newer("head.json");
    store.put(&place, bytes.into()).await.unwrap();
    assert!(matches!(publisher.remote.head().await, Err(RemoteError::Newer { found: 2, .. })));
    let (place, bytes) = newer("assay-library.json");
    store.put(&place, bytes.into()).await.unwrap();
    let mut late = Machine::new("laptop", store);
    assert!(matches!(late.remote.find().await, Err(RemoteError::Newer { found: 2, .. })));
}

#[test]
fn answers_of_stores_are_told_apart() {
    let of = |said: &'static str| Error::Generic { store: "S3", source: said.into() };
    let told = |error: Error| RemoteError::of_store(&error, "read head.json", "team-files");
    assert!(matches!(
        told(of("Client error with status 404: <Code>NoSuchBucket</Code>")),
        RemoteError::NoBucket { .. }
    ));
    assert!(matches!(told(of("403: <Code>RequestTimeTooSkewed</Code>")), RemoteError::ClockOff));
    assert!(matches!(told(of("403: <Code>SignatureDoesNotMatch</Code>")), RemoteError::KeysRefused { .. }));
    assert!(matches!(told(of("503: <Code>SlowDown</Code>")), RemoteError::Throttled));
    assert!(matches!(told(of("HTTP error: error sending request")), RemoteError::Unreachable { .. }));
    let denied = Error::PermissionDenied { path: "head.json".into(), source: "AccessDenied".into() };
    assert!(matches!(told(denied), RemoteError::Forbidden { .. }));
    assert!(matches!(told(of("it burns")), RemoteError::Other { .. }));
}
