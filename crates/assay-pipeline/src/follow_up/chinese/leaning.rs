//! Whether a question leans on the ones before it.

use super::words::{asks, bare, content, is_year, open_pronoun, question_word, without_lead, year_step};

/// Most characters of what a question says without a subject: `什么时候清洗`.
const SUBJECTLESS: usize = 2;

/// Whether a question leans on the one before: it is a name with `呢`, a pronoun stands for nothing that it names, or it has
/// no subject. A whole question does not lean, whatever it begins or ends with.
pub(in crate::follow_up) fn leans(question: &str) -> bool {
    let question = bare(question);
    let stem = question.trim_end_matches('呢');
    let rest = without_lead(stem);
    if stem.len() < question.len() && !asks(stem) {
        return true;
    }
    if open_pronoun(stem).is_some() || content(rest).is_empty() || is_year(rest) {
        return true;
    }
    // `去年` is counted from today, `前一年` from a year that was named.
    if year_step(rest).is_some_and(|(phrase, _)| !matches!(phrase, "去年" | "上年" | "第二年")) {
        return true;
    }
    let led = rest.len() < stem.len() && !stem.starts_with(['那', '而']);
    (led && !asks(rest)) || lacks_subject(rest)
}

/// Whether the question begins with its question word and says no more than a verb. `什么是` and `谁是` ask for the meaning
/// of what follows.
fn lacks_subject(rest: &str) -> bool {
    let begins = question_word(rest).is_some_and(|range| range.start == 0);
    let defines = ["什么是", "什么叫", "谁是"].iter().any(|start| rest.starts_with(start));
    begins && !defines && content(rest).chars().count() <= SUBJECTLESS
}
