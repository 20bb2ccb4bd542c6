//! What became of a text, in a sentence with the numbers of the case and what to do.

use assay_domain::{Question, one_line};

use super::ladder::about_library;
use super::report::{Rung, RungName, Standing, Unread, WhyOutcome, WhyReport};
use crate::ask::AskReport;

/// Unread pages and documents that the sentence names.
const NAMED: usize = 3;

/// The sentence.
pub(super) fn reason(report: &WhyReport, asked: &AskReport, question: &Question) -> String {
    let rung = |name| report.rungs.iter().find(|rung| rung.name == name);
    let document = report.document.as_ref();
    let name = document.map(|document| one_line(&document.name).into_owned()).unwrap_or_default();
    let page = report.page.map(|page| format!(", page {page}")).unwrap_or_default();
    match report.outcome {
        WhyOutcome::Kept => {
            let rank = rung(RungName::Kept).and_then(|rung| rung.rank).unwrap_or_default();
            format!("it was kept, at place {rank} of at most {}", question.keep)
        }
        WhyOutcome::NotInPool => not_in_pool(rung(RungName::Vector), rung(RungName::Lexical), question),
        WhyOutcome::NotReranked => {
            let place = rung(RungName::Fold).and_then(|rung| rung.rank);
            let place = place.or_else(|| rung(RungName::Fused)?.rank).unwrap_or_default();
            match rung(RungName::Rerank) {
                Some(rung) if rung.standing == Standing::NotRun => rung.reason.clone().unwrap_or_default(),
                _ => format!(
                    "the reranker reads the first {} of the fused order, and it stands at {place}; let the reranker \
                     read more candidates in the settings",
                    question.rerank_pool
                ),
            }
        }
        WhyOutcome::BelowThreshold => {
            below_threshold(rung(RungName::Rerank), rung(RungName::Vector), rung(RungName::Kept))
        }
        WhyOutcome::BeyondTop => {
            let rank = rung(RungName::Kept).and_then(|rung| rung.rank).unwrap_or_default();
            format!(
                "it passed the threshold at place {rank}, and the best {} are kept; keep more of them",
                question.keep
            )
        }
        WhyOutcome::Duplicate => {
            let original = report.copy_of.as_ref().map(|twin| one_line(&twin.name).into_owned());
            format!("it says the same as a passage of {}, which stands before it", original.unwrap_or_default())
        }
        WhyOutcome::DidNotFit => {
            "it was kept, but the answer's model has no room for it; keep fewer passages".to_owned()
        }
        WhyOutcome::OtherCollection => {
            let there = document.map(|document| one_line(&document.collection).into_owned()).unwrap_or_default();
            let asked = question.scope.collection.as_deref().map(one_line).unwrap_or_default();
            format!("{name} is in the collection {there}, and the question searches {asked}")
        }
        WhyOutcome::OutOfScope => {
            format!("{name} is not among the files that the question searches; ask with fewer filters")
        }
        WhyOutcome::DocumentMissing => {
            let why = document.and_then(|document| document.reason.clone()).unwrap_or_default();
            format!("{name} is missing and answers nothing: {why}")
        }
        WhyOutcome::InNoChunk => {
            format!("{name}{page} holds it, and no chunk of the index does; run `assay check`")
        }
        WhyOutcome::NotSearched => about_library(asked).map(|reason| reason.text.clone()).unwrap_or_default(),
        WhyOutcome::InNoDocument => "it is in no document; check the words, or add the file that it is from".to_owned(),
        WhyOutcome::PageNotRead | WhyOutcome::DocumentNotRead => absent(&report.unread),
    }
}

fn not_in_pool(vector: Option<&Rung>, lexical: Option<&Rung>, question: &Question) -> String {
    let stands = |rung: Option<&Rung>, by: &str| {
        let rung = rung?;
        match (rung.rank, rung.of) {
            (Some(rank), Some(of)) => Some(format!("{rank} of {of} by {by}")),
            _ => Some(format!("nowhere by {by} ({})", rung.reason.clone().unwrap_or_default())),
        }
    };
    let places: Vec<String> = [stands(vector, "vector"), stands(lexical, "words")].into_iter().flatten().collect();
    let ranks = [vector, lexical].into_iter().flatten().filter_map(|rung| rung.rank);
    let advice = match ranks.min().filter(|rank| *rank as usize > question.retrieve) {
        Some(rank) => format!("with {rank} candidates for each retriever it would be one"),
        None => "ask in words that it has".to_owned(),
    };
    format!("each retriever gives its best {}, and it stands at {}; {advice}", question.retrieve, places.join(" and "))
}

fn below_threshold(rerank: Option<&Rung>, vector: Option<&Rung>, kept: Option<&Rung>) -> String {
    let threshold = kept.and_then(|rung| rung.threshold).unwrap_or_default();
    match rerank.and_then(|rung| rung.probability) {
        Some(probability) => format!("its probability {probability:.3} is below the threshold {threshold}"),
        None => match vector.and_then(|rung| rung.score) {
            Some(score) => format!("no reranker judges it, and its similarity {score:.3} is below {threshold}"),
            None => format!("no reranker judges it, and it has no similarity to compare with {threshold}"),
        },
    }
}

fn absent(unread: &[Unread]) -> String {
    let named = unread.iter().take(NAMED).map(|one| {
        let page = match (one.is_page, one.page) {
            (true, Some(page)) => format!(" page {page}"),
            _ => String::new(),
        };
        format!("{}{page}: {}", one_line(&one.name), one.reason)
    });
    let more = match unread.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let named: Vec<String> = named.collect();
    format!("it is on no page that was read, and may be on one that was not: {}{more}", named.join("; "))
}
