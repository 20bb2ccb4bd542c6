//! Deterministic fakes of the ports: small working implementations in memory, so that pipelines can
//! be tested without an engine. A fake has a switch for each fault that a test needs.

mod words;
mod reader;
mod embedder;
mod index;
mod reranker;
mod score_cache;
mod catalogue;
mod writer;
mod scripted_writer;

pub use catalogue::MemoryCatalogue;
pub use embedder::WordEmbedder;
pub use index::MemoryIndex;
pub use reader::MemoryReader;
pub use reranker::WordReranker;
pub use score_cache::MemoryScoreCache;
pub use scripted_writer::{Script, ScriptedWriter};
pub use words::words;
pub use writer::EchoWriter;
