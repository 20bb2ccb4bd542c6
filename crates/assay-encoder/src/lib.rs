//! Bi-encoders and cross-encoders: text to vector, and question with passage to logit.
//!
//! A model is a folder in the hub's layout ([`folder`]). Its text becomes token ids ([`tokens`]),
//! the ids of several texts become one batch ([`batch`]), and the batch goes through the encoder:
//! on a processor without any padding ([`cpu`]), on a graphics card padded on candle ([`padded`]).
//! A [`CrossEncoder`] puts a classification head on top, a [`BiEncoder`] pools and normalises.
//!
//! Families: BERT, XLM-RoBERTa, DistilBERT, ModernBERT and DeBERTa-v2, each as encoder and as sequence
//! classifier; Gemma as judge, monoT5, ColBERT and bge-m3 as rerankers in their own ways ([`families`]).
//! The scores are those of the reference implementations within 1e-4, whatever the batch.

mod error;
mod folder;
mod config;
mod weights;
mod tokens;
mod batch;
mod cpu;
mod precision;
mod padded;
mod device;
mod engine;
mod head;
mod handle;
mod embedder;
mod reranker;
mod agreement;
mod trial_texts;
mod precision_trial;
mod families;
#[cfg(test)]
mod tests;

pub use batch::TokenSequence;
pub use device::DeviceChoice;
pub use embedder::{BiEncoder, Prefixes, Similarity, open_embedder, open_embedder_remembering};
pub use engine::{Counters, EncoderOptions, usual_threads};
pub use error::EncoderError;
pub use families::{BgeM3Score, FamilyReranker, OpenReranker, open_bge_m3, open_reranker, open_reranker_remembering};
pub use precision::Precision;
pub use precision_trial::{Verdict, Verdicts, try_precisions, verdict_key};
pub use reranker::{CrossEncoder, Scorer, open_cross_encoder};
