//! The bi-encoder of a library whose settings name none: the one that filled its index. So a library of an
//! earlier version, whose default was another, goes on with the model that it has.

use std::path::PathBuf;
use std::thread;

use assay_domain::Failure;
use assay_index::{Contents, contents};

use crate::error::LibraryError;
use crate::home::Home;
use crate::recovery::remove_folder;

/// Name of the bi-encoder that filled the library's index; `None` for a library without passages, which takes
/// the default. An index without rows is deleted: it would refuse to be filled by another model.
///
/// # Errors
/// Fails if an empty index cannot be deleted.
pub fn embedder_kept(home: &Home) -> Result<Option<String>, Failure> {
    let mut folders = home.indexes();
    folders.sort();
    // The index is read on a runtime of its own, because a library is opened inside and outside of runtimes.
    let read = thread::spawn(move || read_all(folders)).join();
    let found = read.map_err(|_| Failure::bug("reading what filled the index panicked"))?;
    if let Some((_, kept)) = found.iter().find(|(_, held)| held.rows > 0) {
        return Ok(Some(kept.embedder.clone()));
    }
    for (folder, _) in found {
        remove_folder(&folder).map_err(LibraryError::file(&folder))?;
    }
    Ok(None)
}

fn read_all(folders: Vec<PathBuf>) -> Vec<(PathBuf, Contents)> {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return Vec::new() };
    let read = |folder: PathBuf| runtime.block_on(contents(&folder)).map(|held| (folder, held));
    folders.into_iter().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use assay_domain::port::{IndexWriter, Metric};
    use assay_domain::{Chunk, ChunkWords, DocumentId, EmbeddedChunk, GenerationId, IndexIdentity, RowContent};

    use super::embedder_kept;
    use crate::home::Home;

    fn identity(embedder: &str) -> IndexIdentity {
        IndexIdentity {
            embedder: embedder.into(),
            weights: "none".into(),
            dimension: 2,
            pooling: "mean".into(),
            passage_prefix: String::new(),
            query_prefix: String::new(),
            chunk_tokens: 256,
            chunk_overlap: 32,
            metric: Metric::Cosine,
            rows: RowContent::Words,
        }
    }

    async fn fill(home: &Home, name: &str, embedder: &str, rows: u32) {
        let (writer, _) = assay_index::open(&home.index_named(name), &identity(embedder)).await.unwrap();
        let row = |ordinal| EmbeddedChunk {
            document: DocumentId(1),
            generation: GenerationId(1),
            collection: String::new(),
            chunk: Chunk { ordinal, page_index: 0, page: None, range: 0..3, heading: None, text: "Ada".into() },
            words: ChunkWords::default(),
            vector: vec![1.0, 0.0],
        };
        if rows > 0 {
            writer.add((0..rows).map(row).collect()).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_library_with_passages_keeps_the_model_of_its_index() {
        let parent = tempfile::tempdir().unwrap();
        let home = Home::open(&parent.path().join("library")).unwrap();
        assert_eq!(embedder_kept(&home).unwrap(), None, "a new library");
        fill(&home, "index", "earlier", 0).await;
        assert_eq!(embedder_kept(&home).unwrap(), None, "an index without rows");
        assert!(home.indexes().is_empty(), "the empty index is gone");
        fill(&home, "index", "earlier", 2).await;
        fill(&home, "index-2", "later", 1).await;
        assert_eq!(embedder_kept(&home).unwrap().as_deref(), Some("earlier"));
        assert_eq!(home.indexes().len(), 2);
        std::fs::write(home.folder().join("index/chunks.lance/_versions/damaged"), "x").unwrap();
        assert_eq!(embedder_kept(&home).unwrap().as_deref(), Some("earlier"));
    }
}
