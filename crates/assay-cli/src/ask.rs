//! `ask`: the table of candidates and the answer.

use std::collections::HashSet;
use std::process::ExitCode;

use assay_app::{AskOptions, Session};
use assay_contract::call::{self, OtherModels};
use assay_contract::{
    AnswerKind, AnswerSentenceView, AskEvent, AskReply, AskRequest, CandidateRow, CheckedBy, CitationRow,
    CitationVerdict, DraftChoice, DraftedQuery, DraftedView, LexicalFields, Metric, OrderChoice, OrderRule,
    RerankChoice, StageRow, StageState,
};
use assay_domain::one_line;

use crate::arguments::{Ask, OrderArg};
use crate::conversation::Conversation;
use crate::interrupt::stop_on_interrupt;
use crate::print::{Progress, json_to, table};

/// `assay ask`
pub async fn ask(session: &Session, command: Ask) -> anyhow::Result<ExitCode> {
    let models = OtherModels {
        reranker: command.model.map(|name| session.model(name)),
        second_reranker: command.second_model.map(|name| session.model(name)),
    };
    let request = AskRequest {
        question: command.question,
        collection: command.collection,
        scope: command.scope.choice(),
        conversation: match command.conversation {
            Some(Conversation::Kept(number)) => Some(number),
            Some(Conversation::New) | None => None,
        },
        rerank: command.rerank.map(RerankChoice::from),
        keep: command.top,
        retrieve: command.candidates,
        follow_up: command.as_typed.then_some(false),
    };
    let options = AskOptions {
        no_answer: command.no_answer,
        forget: command.conversation.is_none(),
        rerank_milliseconds: command.budget_ms,
        second_pool: command.second_pool,
        early_stop: command.early_stop.then_some(true),
        order: command.order.map(|choice| match choice {
            OrderArg::Rerank => OrderChoice::Rerank,
            OrderArg::Blend => OrderChoice::Blend,
        }),
        drafts: command.drafts.map(DraftChoice::from),
        no_cache: command.no_cache,
    };
    let cancel = stop_on_interrupt();
    let mut progress = Progress::new();
    let mut forward = |event: AskEvent| {
        if let AskEvent::Scored { done, total, .. } = event {
            progress.step(done, total, None);
        }
    };
    let reply = session.run(call::Ask { request, earlier: None, options, models }, &cancel, &mut forward).await?;
    progress.end();
    if command.json {
        json_to(&reply)?;
    } else {
        print(&reply);
    }
    let from_list = reply.answer.kind == AnswerKind::Catalogue;
    let nothing = (reply.candidates.is_empty() && !from_list) || reply.answer.refused;
    Ok(if nothing { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// Most rows of the table: the kept candidates and some of the others.
const ROWS: usize = 12;

fn print(reply: &AskReply) {
    println!("{}\n", reply.question);
    if let Some(standalone) = &reply.standalone {
        println!("searched as: {standalone}      (--as-typed searches it as it was typed)\n");
    }
    if let Some(scope) = &reply.scope {
        println!("searched {} of {} documents\n", scope.documents, scope.of);
    }
    let reranker = reply.models.reranker.as_deref().unwrap_or("no reranker");
    let second = reply.models.second_reranker.as_ref().map(|name| format!(", then {name}")).unwrap_or_default();
    let order = match reply.candidates.first().and_then(|row| row.place.as_ref()).map(|place| place.rule) {
        Some(OrderRule::Blend) => "retrieval and rerank, fused by rank",
        Some(OrderRule::Rerank) => "rerank",
        Some(OrderRule::Fused) | None => "retrieval",
    };
    let bm25 = match reply.models.lexical {
        Some(LexicalFields::WordsAndNames) => "BM25F",
        Some(LexicalFields::Words | LexicalFields::Text) | None => "BM25",
    };
    println!(
        "retrieval: {} and words ({bm25}), fused by rank      rerank: {reranker}{second}      order: {order}",
        reply.models.embedder
    );
    let drafted = reply.candidates.iter().any(|each| !each.drafted.is_empty());
    let rows = reply.candidates.iter().take(ROWS).map(|each| row(each, &reply.candidates));
    let similarity = match reply.models.metric {
        Some(Metric::Dot) => "dot",
        Some(Metric::Cosine) | None => "cosine",
    };
    let head = [similarity, "#", bm25, "#", "fused #", "logit", "sigmoid", "rerank #", "moved", "outcome", "passage"];
    if drafted {
        let head = with_ranks(head, "drafted #");
        let ranks = reply.candidates.iter().map(drafted_ranks);
        table(&head, rows.zip(ranks).map(|(row, ranks)| with_ranks(row, ranks)).collect());
    } else {
        table(&head, rows.collect());
    }
    if reply.candidates.len() > ROWS {
        println!("... and {} more candidates", reply.candidates.len() - ROWS);
    }
    let value = reply.threshold.value.map_or("none".into(), |value| value.to_string());
    println!("threshold: {value} on {}: {}", reply.threshold.on, reply.threshold.why);
    for line in stage_lines(&reply.stages) {
        println!("{line}");
    }
    let also: Vec<&str> = reply.stages.iter().flat_map(|stage| &stage.also_searched).map(String::as_str).collect();
    if !also.is_empty() {
        println!("also searched, because no file has a word as it was written: {}", also.join(", "));
    }
    for draft in reply.stages.iter().flat_map(|stage| &stage.drafts) {
        println!("{}: {}", draft.query, one_line(&draft.text));
    }
    for scores in reply.stages.iter().flat_map(|stage| &stage.scores) {
        println!(
            "{} ({}): {} scored, {} from the cache",
            scores.model, scores.precision, scores.computed, scores.cached
        );
    }
    let times: Vec<String> = reply.stages.iter().map(|stage| format!("{} {:.0} ms", stage.name, stage.ms)).collect();
    println!("device: {}; {}\n", reply.device, times.join(", "));
    let title = match reply.answer.kind {
        AnswerKind::Extractive => "Answer, quoted word for word (no language model):",
        AnswerKind::Written => "Answer, written by the language model:",
        AnswerKind::Refused => "No answer:",
        AnswerKind::Catalogue => "Answer, from the library's list of files:",
        AnswerKind::None | AnswerKind::Withdrawn => return,
    };
    println!("{title}\n{}\n", reply.answer.text.trim());
    if !reply.answer.thinking.is_empty() {
        let words = reply.answer.thinking.split_whitespace().count();
        println!("(before it the model wrote {words} words to itself: `thinking` in --json)");
    }
    let mut cited = HashSet::new();
    for citation in reply.answer.citations.iter().filter(|citation| cited.insert(citation.number)) {
        println!("{}", source(citation, &reply.candidates));
    }
    for number in &reply.answer.unknown {
        println!("[{number}] names no passage");
    }
    for line in reply.answer.sentences.iter().filter_map(doubt) {
        println!("{line}");
    }
    if let Some(conversation) = reply.conversation {
        println!("conversation {conversation}: ask on with --conversation {conversation}");
    }
}

/// A line for each stage that did not run as usual or that has something to say.
fn stage_lines(stages: &[StageRow]) -> Vec<String> {
    let line = |stage: &StageRow| {
        let reason = stage.reason.as_deref();
        match stage.state {
            StageState::Done => reason.map(|reason| format!("{}: {reason}", stage.name)),
            state => Some(format!("{} {state}: {}", stage.name, reason.unwrap_or_default())),
        }
    };
    stages.iter().filter_map(line).collect()
}

/// What speaks against a sentence of a written answer, if anything does.
fn doubt(sentence: &AnswerSentenceView) -> Option<String> {
    let words: Vec<&str> = sentence.text.split_whitespace().collect();
    let text = one_line(&words.join(" ")).into_owned();
    let check = sentence.check.as_ref();
    match sentence.verdict {
        CitationVerdict::Uncited => Some(format!("no citation: {text}")),
        CitationVerdict::NotFound => check.map(|check| {
            let (score, limit) = (check.score, check.limit);
            let kind = match check.by {
                CheckedBy::Reranker => "sigmoid",
                CheckedBy::Embedder => "cosine",
            };
            format!(
                "not found in the passage ({kind} {score:.3} under {limit:.3}, {}; a score, no proof): {text}",
                check.model
            )
        }),
        CitationVerdict::Found | CitationVerdict::Unchecked => None,
    }
}

/// A citation on one line.
fn source(citation: &CitationRow, candidates: &[CandidateRow]) -> String {
    let all: Vec<_> = candidates.iter().map(|other| (other.document, other.name.clone())).collect();
    let name = name_among((citation.document, &citation.name, &citation.folder), &all);
    let page = citation.page.map(|page| format!(", page {page}")).unwrap_or_default();
    let heading = citation.heading.as_deref().map(|heading| format!(", {}", one_line(heading))).unwrap_or_default();
    format!("[{}] {}{page}{heading}{}", citation.number, one_line(&name), mark_offline(citation.offline))
}

/// A file's name, with its folder where another file of the list has the same name.
fn name_among((document, name, folder): (i64, &str, &str), all: &[(i64, String)]) -> String {
    let twin = all.iter().any(|(other, same)| *other != document && same == name);
    if twin && !folder.is_empty() { format!("{folder}/{name}") } else { name.to_owned() }
}

/// The rank that each drafted query gives a passage: `h:3 v1:1` for the third by the hypothetical passage and the first by the
/// first wording.
fn drafted_ranks(candidate: &CandidateRow) -> String {
    let rank = |score: &DraftedView| match score.query {
        DraftedQuery::Hypothetical => format!("h:{}", score.rank),
        DraftedQuery::Variant1 => format!("v1:{}", score.rank),
        DraftedQuery::Variant2 => format!("v2:{}", score.rank),
        DraftedQuery::Variant3 => format!("v3:{}", score.rank),
    };
    let ranks: Vec<String> = candidate.drafted.iter().map(rank).collect();
    if ranks.is_empty() { "-".to_owned() } else { ranks.join(" ") }
}

/// A row with the ranks of drafted queries before the fused one.
fn with_ranks<T>(row: [T; 11], ranks: T) -> [T; 12] {
    let [similarity, vector, bm25, lexical, fused, logit, sigmoid, rerank, moved, outcome, passage] = row;
    [similarity, vector, bm25, lexical, ranks, fused, logit, sigmoid, rerank, moved, outcome, passage]
}

fn row(candidate: &CandidateRow, all: &[CandidateRow]) -> [String; 11] {
    let dash = || "-".to_owned();
    let vector = candidate.vector;
    let lexical = candidate.lexical;
    let rerank = candidate.rerank.as_ref();
    let fused = candidate.fused;
    let place = candidate.place.as_ref().filter(|_| rerank.is_some());
    let moved = fused.zip(place).map(|(fused, place)| i64::from(fused.rank) - i64::from(place.rank));
    let page = candidate.page.map(|page| format!(" p.{page}")).unwrap_or_default();
    let others: Vec<_> = all.iter().map(|other| (other.document, other.name.clone())).collect();
    let name = name_among((candidate.document, &candidate.name, &candidate.folder), &others);
    let snippet: String = candidate.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(48).collect();
    [
        vector.map_or_else(dash, |score| format!("{:.3}", score.similarity)),
        vector.map_or_else(dash, |score| score.rank.to_string()),
        lexical.map_or_else(dash, |score| format!("{:.2}", score.score)),
        lexical.map_or_else(dash, |score| score.rank.to_string()),
        fused.map_or_else(dash, |score| score.rank.to_string()),
        rerank.map_or_else(dash, |score| format!("{:+.2}", score.logit)),
        rerank.map_or_else(dash, |score| format!("{:.3}", score.probability)),
        rerank.map_or_else(dash, |score| score.rank.to_string()),
        moved.map_or_else(dash, |places| if places == 0 { "=".into() } else { format!("{places:+}") }),
        candidate.outcome.to_string(),
        format!("{name}{page}{}: {snippet}", mark_offline(candidate.offline)),
    ]
}

/// Marks a passage whose file cannot be reached: its text is as it was last read.
fn mark_offline(offline: bool) -> &'static str {
    if offline { " (offline)" } else { "" }
}

#[cfg(test)]
mod tests {
    use assay_contract::{
        AnswerSentenceView, CheckedBy, CitationCheckView, CitationVerdict, StageName, StageRow, StageState,
    };

    use super::{doubt, stage_lines};

    #[test]
    fn a_doubtful_sentence_is_told_with_its_score() {
        let check = |score| CitationCheckView {
            model: "m".into(),
            by: CheckedBy::Reranker,
            score,
            logit: Some(-3.0),
            limit: 0.5,
        };
        let line = |verdict, check| {
            doubt(&AnswerSentenceView { text: "It is\nred [1].".into(), cites: vec![1], verdict, check })
        };
        assert_eq!(line(CitationVerdict::Uncited, None).as_deref(), Some("no citation: It is red [1]."));
        assert_eq!(
            line(CitationVerdict::NotFound, Some(check(0.047))).as_deref(),
            Some("not found in the passage (sigmoid 0.047 under 0.500, m; a score, no proof): It is red [1].")
        );
        assert_eq!(line(CitationVerdict::Found, Some(check(0.9))), None);
        assert_eq!(line(CitationVerdict::Unchecked, None), None);
    }

    #[test]
    fn each_stage_says_its_reason_once() {
        let stage = |name, state, reason: Option<&str>| StageRow {
            name,
            ms: 1.0,
            state,
            reason: reason.map(str::to_owned),
            code: None,
            count: None,
            scores: Vec::new(),
            also_searched: Vec::new(),
            drafts: Vec::new(),
        };
        let stages = [
            stage(StageName::Vector, StageState::Done, None),
            stage(StageName::Lexical, StageState::Skipped, Some("measured to make it worse")),
            stage(StageName::Rerank, StageState::Done, Some("3 passages kept their place")),
        ];
        assert_eq!(
            stage_lines(&stages),
            ["lexical skipped: measured to make it worse", "rerank: 3 passages kept their place"]
        );
    }
}
