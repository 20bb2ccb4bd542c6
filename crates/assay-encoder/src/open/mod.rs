//! Opening of models: from a folder to an embedder or a reranker, in the precision that a trial chooses.

mod embedder;
mod cross_encoder;
mod reranker;

pub use cross_encoder::open_cross_encoder;
pub use embedder::{open_embedder, open_embedder_remembering, stated_prefixes};
pub use reranker::{BgeM3Score, longest_prompt, open_bge_m3, open_reranker, open_reranker_remembering};
