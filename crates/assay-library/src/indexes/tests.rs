use std::fs;

use assay_domain::port::{IndexWriter, Metric};
use assay_domain::{Chunk, ChunkWords, DocumentId, EmbeddedChunk, GenerationId, IndexIdentity, RowContent};

use crate::fixtures::{NO_MODEL, Opened};

/// The model of such an index must not be deleted.
#[tokio::test]
async fn the_bi_encoder_of_an_index_is_known_whatever_its_layout() {
    let opened = Opened::new(NO_MODEL, 30);
    let engines = opened.library.engines().await;
    assert_eq!(engines.filled_by().await.unwrap(), None, "nothing answers");
    opened.read("a.txt", None);
    let identity = IndexIdentity {
        embedder: "earlier".into(),
        weights: "none".into(),
        dimension: 2,
        pooling: "mean".into(),
        passage_prefix: String::new(),
        query_prefix: String::new(),
        chunk_tokens: 256,
        chunk_overlap: 32,
        metric: Metric::Cosine,
        rows: RowContent::Words,
    };
    let index = engines.home().index_named("index");
    let (writer, _) = assay_index::open(&index, &identity).await.unwrap();
    let row = EmbeddedChunk {
        document: DocumentId(1),
        generation: GenerationId(1),
        collection: String::new(),
        chunk: Chunk { ordinal: 0, page_index: 0, page: None, range: 0..3, heading: None, text: "Ada".into() },
        words: ChunkWords::default(),
        vector: vec![1.0, 0.0],
    };
    writer.add(vec![row]).await.unwrap();
    drop(writer);
    assert_eq!(engines.filled_by().await.unwrap().as_deref(), Some("earlier"));

    // The layout is one character of the schema in each list of the table's files.
    let (key, mut changed) = (b"assay.layout", 0);
    for entry in fs::read_dir(index.join("chunks.lance/_versions")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        let found: Vec<usize> = (0..bytes.len() - key.len()).filter(|&at| bytes[at..].starts_with(key)).collect();
        for at in found {
            let value = bytes[at + key.len()..].iter().position(|byte| *byte == b'2').unwrap();
            assert!(value < 4, "it stands right after its key");
            bytes[at + key.len() + value] = b'9';
            changed += 1;
        }
        fs::write(&path, bytes).unwrap();
    }
    assert!(changed > 0);
    assert_eq!(engines.filled_by().await.unwrap().as_deref(), Some("earlier"));
}
