//! The families of encoders and the roles that a model has, by the architecture that `config.json` names.

/// The families of encoders. BERT, XLM-RoBERTa and DistilBERT differ in where positions start and in the
/// names of the tensors; the others have bodies of their own ([`super::PerSequenceConfig`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Bert,
    XlmRoberta,
    DistilBert,
    ModernBert,
    DebertaV2,
    Qwen3,
}

impl Family {
    /// The prefix of the encoder's tensors below a head, and the name of the table of word embeddings.
    pub fn naming(self) -> (&'static str, &'static str) {
        match self {
            Family::Bert => ("bert.", "embeddings.word_embeddings.weight"),
            Family::XlmRoberta => ("roberta.", "embeddings.word_embeddings.weight"),
            Family::DistilBert => ("distilbert.", "embeddings.word_embeddings.weight"),
            Family::ModernBert => ("model.", "embeddings.tok_embeddings.weight"),
            Family::DebertaV2 => ("deberta.", "embeddings.word_embeddings.weight"),
            Family::Qwen3 => ("model.", "embed_tokens.weight"),
        }
    }
}

/// What the model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Embedder,
    Reranker,
    /// Token vectors that are compared with one another.
    LateInteraction,
}

impl Role {
    /// The architectures that have this role, as `config.json` names them.
    pub fn architectures(self) -> &'static [(&'static str, Family)] {
        match self {
            Role::Embedder => &[
                ("BertModel", Family::Bert),
                ("XLMRobertaModel", Family::XlmRoberta),
                ("DistilBertModel", Family::DistilBert),
                ("ModernBertModel", Family::ModernBert),
                ("DebertaV2Model", Family::DebertaV2),
                ("Qwen3Model", Family::Qwen3),
                ("Qwen3ForCausalLM", Family::Qwen3),
            ],
            Role::Reranker => &[
                ("BertForSequenceClassification", Family::Bert),
                ("XLMRobertaForSequenceClassification", Family::XlmRoberta),
                ("DistilBertForSequenceClassification", Family::DistilBert),
                ("ModernBertForSequenceClassification", Family::ModernBert),
                ("DebertaV2ForSequenceClassification", Family::DebertaV2),
            ],
            Role::LateInteraction => &[("HF_ColBERT", Family::Bert), ("XLMRobertaModel", Family::XlmRoberta)],
        }
    }
}
