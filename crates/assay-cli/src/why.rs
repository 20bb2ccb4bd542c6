//! `explain --why`: where a text stands at every stage, and where it was cut.

use std::process::ExitCode;

use assay_app::Session;
use assay_contract::call::{self, OtherModels};
use assay_contract::{RerankChoice, WhyMatch, WhyOutcome, WhyReply, WhyRequest, WhyStage, WhyStageName, WhyStanding};
use assay_domain::one_line;

use crate::arguments::Explain;
use crate::interrupt::stop_on_interrupt;
use crate::print::{json_to, table};

/// `assay explain QUESTION --why TEXT`
pub async fn why(session: &Session, text: String, models: OtherModels, command: Explain) -> anyhow::Result<ExitCode> {
    let request = WhyRequest {
        question: command.question,
        text,
        document: command.document,
        collection: command.collection,
        scope: command.kinds.choice(Vec::new()),
        rerank: command.rerank.map(RerankChoice::from),
        keep: command.top,
        retrieve: command.candidates,
    };
    let reply = session.run(call::Why { request, models }, &stop_on_interrupt(), &mut |()| ()).await?;
    if command.json {
        json_to(&reply)?;
    } else {
        print(&reply);
    }
    Ok(if reply.found { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn print(reply: &WhyReply) {
    println!("{}\n", reply.question);
    match (&reply.passage, reply.matched) {
        (Some(passage), matched) => {
            let page = passage.page.map(|page| format!(", page {page}")).unwrap_or_default();
            let how = match (matched, reply.likeness) {
                (WhyMatch::Nearest, Some(likeness)) => format!("nearly: {:.0} % of it", likeness * 100.0),
                _ => "word for word".to_owned(),
            };
            println!("the text is in {}{page} ({how})", one_line(&passage.name));
        }
        (None, _) => println!("the text was not found"),
    }
    let others: Vec<String> = reply.others.iter().map(|other| one_line(&other.name).into_owned()).collect();
    if !others.is_empty() {
        println!("also in {}", others.join(", "));
    }
    println!();
    table(&["stage", "rank", "score", ""], reply.stages.iter().map(row).collect());
    let verdict = if reply.outcome == WhyOutcome::Kept { "found" } else { "not found" };
    println!("\n{verdict} ({}): {}", reply.outcome, reply.reason);
}

fn row(stage: &WhyStage) -> [String; 4] {
    let dash = || "-".to_owned();
    let rank = match (stage.rank, stage.of) {
        (Some(rank), Some(of)) => format!("{rank} of {of}"),
        _ => dash(),
    };
    let decimals = if stage.name == WhyStageName::Fused { 4 } else { 3 };
    let score = stage.score.map_or_else(dash, |score| match stage.probability {
        Some(probability) => format!("{score:+.3} (sigmoid {probability:.3})"),
        None => format!("{score:.decimals$}"),
    });
    [stage.name.to_string(), rank, score, note(stage)]
}

/// What is said beside a rung: the cut, then the reason.
fn note(stage: &WhyStage) -> String {
    let cut = stage.cut.map(|cut| format!("cut: {cut}"));
    let outside = (stage.standing == WhyStanding::Outside && stage.cut.is_none()).then(|| "outside".to_owned());
    let limit = match (stage.name, stage.limit, stage.standing) {
        (WhyStageName::Kept, Some(limit), WhyStanding::Ranked) => Some(format!("the best {limit} are kept")),
        _ => None,
    };
    let threshold = stage.threshold.map(|value| format!("threshold {value}"));
    let parts = [cut, outside, limit, threshold, stage.reason.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
