//! Which questions can be asked.

use assay_domain::{Failure, Problem, Question};

use crate::language::has_words;

/// Longest question, in characters. A longer text is a document, not a question: every encoder
/// would truncate it silently.
pub const LONGEST_QUESTION: usize = 4_000;

/// Rejects questions without words and questions that are too long.
pub(super) fn check(question: &Question) -> Result<(), Failure> {
    if !has_words(&question.text) {
        return Err(Failure::new(Problem::EmptyQuestion, "the question has no words", "type a question and ask again"));
    }
    let length = question.text.chars().count();
    if length > LONGEST_QUESTION {
        let message = format!("the question is {length} characters long, and at most {LONGEST_QUESTION} can be read");
        return Err(Failure::new(
            Problem::TooLarge,
            message,
            "shorten it, or add the long text to the library as a file",
        ));
    }
    Ok(())
}
