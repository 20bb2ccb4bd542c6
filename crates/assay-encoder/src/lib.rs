//! Bi-encoders and cross-encoders: text to vector, and question with passage to logit.
//!
//! A model is a folder in the hub's layout ([`folder`]). Its text becomes token ids ([`tokens`]), the ids of
//! several texts become one batch without padding ([`batch`]), and the batch goes through a backend ([`backend`]): our
//! own arithmetic on a processor ([`cpu`]), candle's on a graphics card ([`tensor_encoder`]), candle's bodies for the
//! families that cannot be packed yet ([`families`]). A [`CrossEncoder`] puts a classification head on top, a
//! [`BiEncoder`] pools and normalises. One scheduler says which of them computes next ([`schedule`]).
//!
//! Families: BERT, XLM-RoBERTa, DistilBERT, ModernBERT and DeBERTa-v2, each as encoder and as sequence
//! classifier; Qwen3 as encoder; Gemma as LLM judge, Qwen3-Reranker, monoT5, ColBERT and bge-m3 as
//! rerankers ([`families`]). The scores are those
//! of the reference implementations within 1e-4, whatever the batch.

mod error;
mod folder;
mod config;
mod weights;
mod tokens;
mod batch;
mod cpu;
mod precision;
mod backend;
mod tensor_attention;
mod tensor_encoder;
mod device;
mod instructions;
mod families;
mod counters;
mod engine;
mod head;
mod scorer;
mod schedule;
mod handle;
mod embedder;
mod reranker;
mod any_reranker;
mod agreement;
mod trial_texts;
mod precision_trial;
mod open;
#[cfg(test)]
mod tests;

pub use any_reranker::OpenReranker;
pub use batch::TokenSequence;
pub use counters::Counters;
pub use device::DeviceChoice;
pub use embedder::{BiEncoder, Prefixes};
pub use engine::{EncoderOptions, usual_threads};
pub use error::EncoderError;
pub use families::FamilyReranker;
pub use instructions::{instruction_sets, usual_device, weights_hash};
pub use open::{
    BgeM3Score, longest_prompt, open_bge_m3, open_cross_encoder, open_embedder, open_embedder_remembering,
    open_reranker, open_reranker_remembering, stated_prefixes,
};
pub use precision::Precision;
pub use precision_trial::{Verdict, Verdicts, try_precisions, verdict_key};
pub use reranker::CrossEncoder;
pub use schedule::Priority;
pub use scorer::Scorer;
