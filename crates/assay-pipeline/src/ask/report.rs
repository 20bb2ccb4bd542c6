//! What a question reports: events while it runs, and everything about it at the end.

use assay_domain::{Answer, Candidate, Cut, OrderRule, Stage};

use crate::rerank::Batch;

/// What happens while a question runs.
pub enum AskEvent<'a> {
    /// A stage ended.
    Stage(&'a Stage),
    /// A follow-up was rewritten into this question.
    StandsAlone(&'a str),
    /// Both retrievers are done; the candidates in fused order.
    Retrieved(&'a [Candidate]),
    /// Some candidates were scored.
    Scored(Batch<'a>),
    /// Every candidate has its outcome; the candidates in final order.
    Decided(&'a [Candidate], &'a Cut, OrderRule),
    /// More of what the model writes to itself before the answer.
    Thinking(&'a str),
    /// More text of the answer.
    Text(&'a str),
}

/// Everything that is known about a question at the end.
#[derive(Debug, Clone, PartialEq)]
pub struct AskReport {
    /// Every candidate that was retrieved, in final order, each with its outcome.
    pub candidates: Vec<Candidate>,
    /// The order they are in.
    pub order: OrderRule,
    /// The threshold that was applied.
    pub cut: Cut,
    /// The question as it was searched, where a follow-up was rewritten.
    pub standalone: Option<String>,
    /// The answer, if one was wanted and the writer did not fail.
    pub answer: Option<Answer>,
    /// How each stage went.
    pub stages: Vec<Stage>,
}
