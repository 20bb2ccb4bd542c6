use std::time::Instant;

use assay_domain::DocumentId;
use assay_domain::port::Catalogue;

use crate::fixtures::{Opened, SHIPPED, reading};
use crate::unoptimized::IDLE;

fn save(opened: &Opened, document: DocumentId, text: &str) {
    let generation = opened.store().begin(document).unwrap();
    opened.store().commit(document, generation, &reading(text)).unwrap();
}

#[tokio::test]
async fn what_saves_replaced_is_purged_once_nothing_is_saved() {
    let opened = Opened::new(SHIPPED, 30);
    let document = opened.read("a.txt", None);
    save(&opened, document, "newer");
    let dead = || opened.store().dead_generations().unwrap().len();
    let now = Instant::now();
    opened.library.optimize_if_idle(now + IDLE).await.unwrap();
    assert_eq!(dead(), 1, "nobody said that the index was written");

    opened.library.unoptimized.note(now);
    opened.library.optimize_if_idle(now + IDLE / 2).await.unwrap();
    assert_eq!(dead(), 1, "a save may follow");
    let turn = opened.library.writing.lock().await;
    opened.library.optimize_if_idle(now + IDLE).await.unwrap();
    assert_eq!(dead(), 1, "somebody writes");
    drop(turn);
    opened.library.optimize_if_idle(now + IDLE).await.unwrap();
    assert_eq!(dead(), 0);

    save(&opened, document, "newest");
    opened.library.optimize_if_idle(now + 2 * IDLE).await.unwrap();
    assert_eq!(dead(), 1, "it is done");
    // Somebody saves all the time.
    for time in 0..=13 {
        opened.library.unoptimized.note(now + IDLE * time);
    }
    opened.library.optimize_if_idle(now + IDLE * 13).await.unwrap();
    assert_eq!(dead(), 0);
}

/// What the user removes does not wait for a pause.
#[tokio::test]
async fn a_removed_document_is_told_from_a_replaced_reading() {
    let opened = Opened::new(SHIPPED, 30);
    let [stays, goes] = [opened.read("a.txt", None), opened.read("b.txt", None)];
    save(&opened, stays, "newer");
    assert!(!opened.store().has_dead_documents().unwrap());
    opened.store().remove(&[goes]).unwrap();
    assert!(opened.store().has_dead_documents().unwrap());
}
