//! Training triplets for a reranker.

use assay_domain::port::Embedder;
use assay_domain::{Cancel, Failure, Problem};
use assay_models::measured;
use assay_pipeline::evaluation::{Evaluate, JudgedQuestion, hard_negatives};

use crate::app::App;

/// Hard negatives of a question.
const MINED: usize = 4;

impl App {
    /// Training triplets as JSON lines (`query`, `positive`, `negative`, `negative_from`): each relevant
    /// passage of a question with each passage that was marked as not relevant for it. With `mine`, also
    /// with hard negatives: passages that retrieval ranks high and the cross-encoder scores below the
    /// threshold of the settings (`mined`: nobody judged them).
    ///
    /// # Errors
    /// Fails if no triplet can be made.
    pub async fn triplets(&self, mine: bool, cancel: &Cancel) -> Result<String, Failure> {
        let ticket = self.questions.ticket(cancel);
        let cancel = ticket.button();
        let engines = self.library.engines().await;
        let questions = self.judged(engines.store().measurable_labels()?);
        let mut lines = String::new();
        if !mine {
            for judged in &questions {
                write(&mut lines, judged, &marked(judged), "marked");
            }
            return some(lines, "mark some of both for the same question, or add mined passages");
        }
        let (embedder, index) = (engines.embedder().await?, engines.index().await?);
        let rerankers = engines.rerankers(None).await?;
        let with = Evaluate {
            embedder: embedder.as_ref(),
            embedder_measured: &measured(&embedder.identity().name)?,
            index: index.reader(),
            catalogue: engines.store().as_ref(),
            rerankers: rerankers.plan(),
        };
        let cut = self.settings().threshold;
        for judged in &questions {
            cancel.check()?;
            write(&mut lines, judged, &marked(judged), "marked");
            write(&mut lines, judged, &hard_negatives(&with, judged, cut, MINED).await?, "mined");
        }
        some(lines, "mark passages as relevant for some questions first")
    }
}

fn marked(judged: &JudgedQuestion) -> Vec<String> {
    let no = judged.judgements.iter().filter(|judgement| judgement.grade == 0);
    no.filter_map(|judgement| judgement.passage.clone()).collect()
}

fn write(lines: &mut String, judged: &JudgedQuestion, negatives: &[String], from: &str) {
    let yes = judged.judgements.iter().filter(|judgement| judgement.grade > 0);
    for positive in yes.filter_map(|judgement| judgement.passage.as_ref()) {
        for negative in negatives {
            let query = &judged.question.text;
            let line = serde_json::json!({ "query": query, "positive": positive, "negative": negative, "negative_from": from });
            lines.push_str(&line.to_string());
            lines.push('\n');
        }
    }
}

fn some(lines: String, action: &str) -> Result<String, Failure> {
    if lines.is_empty() {
        let message = "no question has both a relevant and a not relevant passage";
        return Err(Failure::new(Problem::EmptyQuestion, message, action));
    }
    Ok(lines)
}
