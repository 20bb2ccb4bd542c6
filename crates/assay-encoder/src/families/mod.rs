//! Models beyond the shared BERT body: bodies on candle, and rerankers that are not classifiers.
//!
//! Sequence classifiers of every family share one pipeline ([`crate::CrossEncoder`]): the tokenizer frames the
//! pair, the body computes token vectors, a head turns them into a logit. ModernBERT, DeBERTa-v2 and Qwen3
//! have bodies of their own ([`per_sequence`], [`decoder`]).
//!
//! The other rerankers read a question once and then its passages ([`passage_scorer`]): language models that
//! judge ([`llm_judge`], [`qwen3_reranker`]), monoT5 ([`mono_t5`]), late interaction of token vectors ([`late_interaction`]) and
//! weights of shared tokens ([`lexical`]).

pub(crate) mod decoder;
pub(crate) mod per_sequence;
pub(crate) mod passage_scorer;
mod answer_token;
pub(crate) mod compute;
pub(crate) mod llm_judge;
pub(crate) mod qwen3_reranker;
pub(crate) mod mono_t5;
pub(crate) mod projection;
pub(crate) mod late_interaction;
pub(crate) mod lexical;

pub use passage_scorer::FamilyReranker;
