//! `ask`: the side-by-side table and the answer.

use std::process::ExitCode;

use assay_app::{App, AskOptions};
use assay_contract::{AskEvent, AskReply, AskRequest, CandidateRow, OrderChoice, RerankChoice};

use crate::arguments::{Ask, OrderWord, RerankWord};
use crate::library::stop_on_interrupt;
use crate::print::{Progress, json_to, table};

/// `assay ask`
pub async fn ask(app: &App, command: Ask) -> anyhow::Result<ExitCode> {
    let request = AskRequest {
        question: command.question,
        collection: command.collection,
        conversation: None,
        rerank: command.rerank.map(|word| match word {
            RerankWord::On => RerankChoice::On,
            RerankWord::Off => RerankChoice::Off,
            RerankWord::Auto => RerankChoice::Auto,
        }),
        keep: command.top,
        retrieve: command.candidates,
    };
    let options = AskOptions {
        no_answer: command.no_answer,
        forget: true,
        rerank_milliseconds: command.budget_ms,
        second_pool: command.second_pool,
        early_stop: command.early_stop.then_some(true),
        order: command.order.map(|word| match word {
            OrderWord::Rerank => OrderChoice::Rerank,
            OrderWord::Blend => OrderChoice::Blend,
        }),
        no_cache: command.no_cache,
    };
    let cancel = stop_on_interrupt();
    let mut progress = Progress::new();
    let mut tell = |event: AskEvent| {
        if let AskEvent::Scored { done, total, .. } = event {
            progress.step(done, total, None);
        }
    };
    let reply = app.ask(&request, options, &cancel, &mut tell).await?;
    progress.end();
    if command.json {
        json_to(&reply)?;
    } else {
        print(&reply);
    }
    let nothing = reply.candidates.is_empty() || reply.answer.refused;
    Ok(if nothing { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// Rows of the table: what was kept, and as many of the rest as show what fell out.
const ROWS: usize = 12;

fn print(reply: &AskReply) {
    println!("{}\n", reply.question);
    let reranker = reply.models.reranker.as_deref().unwrap_or("no reranker");
    let second = reply.models.second_reranker.as_ref().map(|name| format!(", then {name}")).unwrap_or_default();
    let rule = match reply.candidates.first().and_then(|row| row.place.as_ref()).map(|place| place.rule.as_str()) {
        Some("blend") => "retrieval and rerank, fused by rank",
        Some("rerank") => "rerank",
        _ => "retrieval",
    };
    println!(
        "retrieval: {} and words (BM25), fused by rank      rerank: {reranker}{second}      order: {rule}",
        reply.models.embedder
    );
    let rows = reply.candidates.iter().take(ROWS).map(row).collect();
    let head = ["cosine", "#", "BM25", "#", "fused #", "logit", "sigmoid", "rerank #", "moved", "outcome", "passage"];
    table(&head, rows);
    if reply.candidates.len() > ROWS {
        println!("... and {} more candidates", reply.candidates.len() - ROWS);
    }
    let value = reply.threshold.value.map_or("none".into(), |value| value.to_string());
    println!("threshold: {value} on {}: {}", reply.threshold.on, reply.threshold.why);
    for stage in reply.stages.iter().filter(|stage| stage.state != "done") {
        println!("{} {}: {}", stage.name, stage.state, stage.reason.as_deref().unwrap_or_default());
    }
    for scores in reply.stages.iter().flat_map(|stage| &stage.scores) {
        println!(
            "{} ({}): {} scored, {} known from before",
            scores.model, scores.precision, scores.computed, scores.cached
        );
    }
    let times: Vec<String> = reply.stages.iter().map(|stage| format!("{} {:.0} ms", stage.name, stage.ms)).collect();
    println!("device: {}; {}\n", reply.device, times.join(", "));
    let kind = match reply.answer.kind.as_str() {
        "extractive" => "Answer, quoted word for word (no language model):",
        "written" => "Answer, written by the language model:",
        "refused" => "No answer:",
        _ => return,
    };
    println!("{kind}\n{}\n", reply.answer.text.trim());
    for citation in &reply.answer.citations {
        let page = citation.page.map(|page| format!(", page {page}")).unwrap_or_default();
        println!("[{}] {}{page}{}", citation.number, citation.name, away(citation.offline));
    }
}

fn row(candidate: &CandidateRow) -> [String; 11] {
    let dash = || "-".to_owned();
    let vector = candidate.vector;
    let lexical = candidate.lexical;
    let rerank = candidate.rerank.as_ref();
    let fused = candidate.fused;
    let place = candidate.place.as_ref().filter(|_| rerank.is_some());
    let moved = fused.zip(place).map(|(fused, place)| i64::from(fused.rank) - i64::from(place.rank));
    let page = candidate.page.map(|page| format!(" p.{page}")).unwrap_or_default();
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
        candidate.outcome.clone(),
        format!("{}{page}{}: {snippet}", candidate.name, away(candidate.offline)),
    ]
}

/// Its file cannot be reached, so the passage is as it was last read.
fn away(offline: bool) -> &'static str {
    if offline { " (offline)" } else { "" }
}
