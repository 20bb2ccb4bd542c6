//! The families beside BERT: bodies of their own, and rerankers that are no classifiers.
//!
//! Sequence classifiers of every family share one way ([`crate::CrossEncoder`]): the pair is framed
//! by the tokenizer, the body gives token vectors, a head makes a logit of them. ModernBERT and
//! DeBERTa-v2 have bodies of their own ([`apart`]).
//!
//! The others read a question once and then its passages, each in its own way ([`asked`]): a language
//! model as judge ([`judge`]), monoT5 ([`mono_t5`]), late interaction of token vectors ([`late`]) and
//! weights of shared tokens ([`lexical`]). [`open`] picks one by the architecture in `config.json`.

mod open;
mod asked;
mod llm_judge;
mod mono_t5;
mod late;
mod lexical;
mod projection;
mod apart;
mod modern_bert;
mod deberta;

pub(crate) use apart::{Apart, OwnConfig};
pub use asked::FamilyReranker;
pub use open::{BgeM3Score, OpenReranker, open_bge_m3, open_reranker, open_reranker_remembering};
