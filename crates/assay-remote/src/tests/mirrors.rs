use std::fs;

use object_store::ObjectStoreExt;

use super::stage::{files, published, reader};
use crate::{RemoteError, Unreferenced};

#[tokio::test]
async fn a_mirror_has_what_was_published_and_fetches_only_what_is_new() {
    let (store, mut publisher) = published().await;
    let mut reader = reader(store).await;
    assert!(reader.sync().await.unwrap());
    assert_eq!(files(&reader.index()), files(&publisher.index()));
    assert!(!reader.sync().await.unwrap());
    let before = reader.remote.cost();
    assert!(!reader.sync().await.unwrap());
    let one = reader.remote.cost();
    assert_eq!((one.reads - before.reads, one.received - before.received), (1, 0), "an unchanged head is not sent");

    publisher.add("the second words");
    let done = publisher.publish().await.unwrap();
    assert_eq!((done.files, done.texts, done.changed), (2, 1, true), "one file of rows and one manifest");
    assert!(!publisher.publish().await.unwrap().changed);
    reader.sync().await.unwrap();
    let mirror = reader.mirror.as_ref().unwrap();
    assert_eq!((mirror.files, mirror.texts), (2, 1));
    assert_eq!(files(&reader.index()), files(&publisher.index()));

    // It is known again after a start, from the note and the lists that are kept.
    let lists = reader.folder.path().join("lists");
    let recalled = reader.remote.recall(&mirror.note(), &lists).await.unwrap();
    assert_eq!(recalled.documents(), mirror.documents());
    assert!(reader.remote.look(&lists, Some(&recalled)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_manifest_with_other_contents_under_an_old_name_goes_into_a_new_folder() {
    let (store, mut publisher) = published().await;
    let mut reader = reader(store).await;
    reader.sync().await.unwrap();
    let manifest = publisher.index().join("chunks.lance/_versions/999.manifest");
    fs::write(&manifest, "a repaired list").unwrap();
    publisher.publish().await.unwrap();
    let folder = publisher.remote.head().await.unwrap().unwrap().head.folder;
    assert_eq!(folder, "1-2");
    reader.sync().await.unwrap();
    assert_eq!(files(&reader.index()), files(&publisher.index()));
    assert_eq!(reader.mirror.as_ref().unwrap().files, 1, "the other file is linked");
}

#[tokio::test]
async fn an_object_that_is_damaged_at_the_store_is_refused_and_the_mirror_stays() {
    let (store, mut publisher) = published().await;
    let mut reader = reader(store.clone()).await;
    reader.sync().await.unwrap();
    let before = files(&reader.index());
    publisher.add("the second words");
    publisher.publish().await.unwrap();
    let all = publisher.remote.objects.list("index").await.unwrap();
    let newest = all.iter().filter(|object| object.name.contains("998.manifest")).collect::<Vec<_>>();
    let place = object_store::path::Path::from(format!("team/library/{}", newest[0].name));
    store.put(&place, "other bytes".into()).await.unwrap();
    assert!(matches!(reader.sync().await, Err(RemoteError::Damaged { .. })));
    assert_eq!(files(&reader.index()), before);
    store.delete(&place).await.unwrap();
    assert!(matches!(reader.sync().await, Err(RemoteError::Damaged { .. })));
}

#[tokio::test]
async fn what_nothing_names_is_deleted_after_its_grace_and_what_is_not_ours_never() {
    let (store, mut publisher) = published().await;
    let ours = object_store::path::Path::from("team/library/notes.txt");
    store.put(&ours, "somebody else's".into()).await.unwrap();
    publisher.add("the second words");
    let done = publisher.publish().await.unwrap();
    let mut seen = Unreferenced::default();
    let swept = publisher.remote.sweep(&publisher.holder, &done, &mut seen, 3_600, 1_000).await.unwrap();
    // The lists of the first publication.
    assert_eq!((swept.deleted, swept.waiting), (0, 2));
    let swept = publisher.remote.sweep(&publisher.holder, &done, &mut seen, 3_600, 4_600).await.unwrap();
    assert_eq!((swept.deleted, swept.waiting), (2, 0));
    store.get(&ours).await.unwrap();
    let mut reader = reader(store).await;
    reader.sync().await.unwrap();
    assert_eq!(reader.documents, publisher.documents);
}
