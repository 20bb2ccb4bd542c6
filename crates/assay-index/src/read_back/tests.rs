use assay_domain::GenerationId;
use assay_domain::port::IndexWriter;

use crate::compact::ADDITIONS;
use crate::tests::{Index, rows, vector};

/// Parts of documents are written together, small files are put together between them, and each
/// document is read back whole all the same.
#[tokio::test]
async fn parts_of_a_document_are_found_wherever_they_went() {
    let index = Index::new().await;
    let add = async |some: &[(i64, &[&str])]| {
        let some = some.iter().flat_map(|(generation, texts)| rows(*generation, "default", texts));
        index.writer.add(some.collect()).await.unwrap();
    };
    let back = async |generation: i64, ordinal: u32, text: &str| {
        let sample = vec![(ordinal, vector(text))];
        index.writer.read_back(GenerationId(generation), sample).await.unwrap()
    };
    // The end of one document and the beginning of the next share an addition.
    add(&[(1, &["lamp"])]).await;
    add(&[(1, &["wick"]), (2, &["pump", "hose"])]).await;
    add(&[(2, &["valve"])]).await;
    let (first, second) = (back(1, 0, "lamp").await, back(2, 1, "hose").await);
    assert_eq!((first.rows, second.rows), (2, 3));
    assert_eq!(second.sampled[0].text.as_deref(), Some("hose"));

    // A document that is still being written when the fragments are put together.
    for addition in 0..ADDITIONS as i64 + 2 {
        add(&[(100, &["rope"]), (200 + addition, &["knot"])]).await;
    }
    assert_eq!(back(100, 0, "rope").await.rows, ADDITIONS as u64 + 2);
    assert_eq!(back(201, 0, "knot").await.rows, 1);
    let nowhere = back(999, 0, "knot").await;
    assert_eq!((nowhere.rows, &nowhere.sampled[0].text, nowhere.sampled[0].nearest.len()), (0, &None, 0));
}
