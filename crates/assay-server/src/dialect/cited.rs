//! What OpenAI's forms tell of an answer beside its text: where each citation stands, every source, and whether it was cut.

use assay_contract::{AskReply, CitationRow, Outcome, ReasonCode};
use rmcp::schemars::{self, JsonSchema};
use serde::Serialize;

use crate::address::Address;
use crate::passage::Passage;

/// A citation in the text. Offsets are in characters of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UrlCitation {
    /// Where its number begins.
    pub start_index: usize,
    /// Where its number ends.
    pub end_index: usize,
    /// The address of the passage: `assay://passage/ID`.
    pub url: String,
    /// File name.
    pub title: String,
    /// The words of the passage that are cited.
    pub quote: String,
}

/// One for each place where a number of a citation stands in the text.
pub fn citations(text: &str, citations: &[CitationRow]) -> Vec<UrlCitation> {
    let mut found = Vec::new();
    for citation in citations {
        let mark = format!("[{}]", citation.number);
        for (byte, _) in text.match_indices(&mark) {
            let start = text.get(..byte).map_or(0, |before| before.chars().count());
            found.push(UrlCitation {
                start_index: start,
                end_index: start + mark.len(),
                url: Address::Passage(citation.chunk.clone()).to_string(),
                title: citation.name.clone(),
                quote: citation.quote.clone(),
            });
        }
    }
    found.sort_by_key(|citation| citation.start_index);
    found
}

/// Every passage that was retrieved, with all scores.
pub fn sources(reply: &AskReply) -> Vec<Passage> {
    reply.candidates.iter().filter(|row| row.outcome != Outcome::Duplicate).map(Passage::from).collect()
}

/// Whether the answer reached the language model's limit.
pub fn was_cut(reply: &AskReply) -> bool {
    reply.stages.iter().any(|stage| stage.code == Some(ReasonCode::AnswerCut))
}

#[cfg(test)]
mod tests {
    use assay_contract::CitationRow;

    use super::citations;

    #[test]
    fn each_number_in_the_text_is_told_in_characters() {
        let citation = |number: u32| CitationRow {
            number,
            chunk: format!("1-{number}"),
            document: 1,
            name: "灯塔.txt".to_owned(),
            folder: String::new(),
            offline: false,
            page: None,
            heading: None,
            quote: "quoted".to_owned(),
        };
        let text = "灯塔 [2] stands [1], tall [2].";
        let found = citations(text, &[citation(1), citation(2)]);
        let mark = |start: usize, end: usize| text.chars().skip(start).take(end - start).collect::<String>();
        let marks: Vec<String> = found.iter().map(|one| mark(one.start_index, one.end_index)).collect();
        assert_eq!(marks, ["[2]", "[1]", "[2]"]);
        assert_eq!(found[1].url, "assay://passage/1-1");
    }
}
