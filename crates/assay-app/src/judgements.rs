//! The user's relevance judgements: marked, imported, measured.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use assay_contract::{ImportReply, LabelRow, MarkRequest, MeasureStep, QuestionRow, RunRow};
use assay_domain::port::Embedder;
use assay_domain::{Cancel, Failure, Problem, Question};
use assay_library::{Label, LabelOrigin};
use assay_models::measured;
use assay_pipeline::evaluation::{
    Evaluate, JudgedQuestion, Judgement, best_f1, calibration_bins, evaluate, threshold_curve,
};
use assay_pipeline::quality::{Order, OrderQuality};

use crate::app::App;
use crate::convert::judgement;
use crate::{labels_file, settings};

impl App {
    /// Marks a passage as relevant for a question or not, or removes the mark. Returns all judgements.
    pub async fn mark(&self, request: &MarkRequest) -> Result<Vec<LabelRow>, Failure> {
        self.save_judgement(request, LabelOrigin::Marked).await
    }

    pub(crate) async fn save_judgement(
        &self,
        request: &MarkRequest,
        origin: LabelOrigin,
    ) -> Result<Vec<LabelRow>, Failure> {
        let engines = self.library.engines().await;
        let (passage, document) = self.find_passage(&engines, &request.chunk).await?;
        let label = Label {
            id: 0,
            question: request.question.trim().to_owned(),
            document: Some(document.id),
            name: Some(document.name),
            page: passage.page,
            passage: Some(passage.text),
            grade: u32::from(request.relevant.unwrap_or_default()),
            origin,
        };
        let store = engines.store();
        match request.relevant {
            Some(_) => store.save_labels(&[label])?,
            None => {
                let same = |known: &Label| {
                    let of = match known.document {
                        Some(document) => Some(document) == label.document,
                        None => known.name == label.name,
                    };
                    of && (&known.question, known.page, &known.passage) == (&label.question, label.page, &label.passage)
                };
                let ids: Vec<i64> = store.labels()?.iter().filter(|known| same(known)).map(|known| known.id).collect();
                store.delete_labels(&ids)?;
            }
        }
        Ok(store.labels()?.into_iter().map(judgement::label).collect())
    }

    /// All judgements.
    pub async fn labels(&self) -> Result<Vec<LabelRow>, Failure> {
        Ok(self.library.engines().await.store().labels()?.into_iter().map(judgement::label).collect())
    }

    /// Deletes judgements. Returns the others.
    pub async fn delete_labels(&self, ids: &[i64]) -> Result<Vec<LabelRow>, Failure> {
        self.library.engines().await.store().delete_labels(ids)?;
        self.labels().await
    }

    /// Imports judgements from a CSV or JSONL file, or from a folder in BEIR's format.
    pub async fn import_labels(&self, path: &Path) -> Result<ImportReply, Failure> {
        let from = path.to_owned();
        let reading = tokio::task::spawn_blocking(move || labels_file::read(&from));
        let found = reading.await.map_err(|_| Failure::bug("reading the judgements panicked"))??;
        let mut questions: Vec<&str> = found.labels.iter().map(|label| label.question.as_str()).collect();
        questions.sort_unstable();
        questions.dedup();
        let (taken, questions) = (found.labels.len() as u32, questions.len() as u32);
        let engines = self.library.engines().await;
        engines.store().save_labels(&found.labels)?;
        let labels = engines.store().labels()?.into_iter().map(judgement::label).collect();
        Ok(ImportReply { taken, questions, refused: found.refused, labels })
    }

    /// Measures the four orders on the judgements and saves the run.
    pub async fn measure(&self, cancel: &Cancel, on: &mut (dyn FnMut(MeasureStep) + Send)) -> Result<RunRow, Failure> {
        let ticket = self.questions.ticket(cancel);
        let cancel = ticket.button();
        let engines = self.library.engines().await;
        let questions = self.judged(engines.store().measurable_labels()?);
        if questions.is_empty() {
            let message = "there is no question with a passage marked as relevant";
            return Err(Failure::new(
                Problem::EmptyQuestion,
                message,
                "mark passages while reading, or import questions",
            ));
        }
        let (embedder, index) = engines.answering().await?;
        let rerankers = engines.rerankers(None).await?;
        let reranker = rerankers.first();
        let with = Evaluate {
            embedder: embedder.as_ref(),
            embedder_measured: &measured(&embedder.identity().name)?,
            index: index.reader(),
            catalogue: engines.store().as_ref(),
            rerankers: rerankers.plan(),
        };
        let total = questions.len() as u32;
        let mut step = |done: usize| on(MeasureStep { done: done as u32, total });
        let evaluation = evaluate(&with, &questions, cancel, &mut step).await?;
        let (curve, unmarked_counted) = threshold_curve(&evaluation.passages);
        let written = self.settings();
        let device = reranker.as_ref().map_or(&embedder.identity().device, |reranker| &reranker.identity().device);
        let mut run = RunRow {
            id: 0,
            created: 0,
            embedder: embedder.identity().name.clone(),
            reranker: rerankers.names(),
            device: device.clone(),
            chunk_tokens: written.chunk_tokens,
            retrieve: written.retrieve,
            rerank_pool: written.rerank_pool,
            orders: evaluation.orders.iter().map(judgement::order_row).collect(),
            questions: question_rows(&questions, &evaluation.orders),
            suggested: best_f1(&curve),
            cuts: curve.iter().map(judgement::cut_point).collect(),
            bands: calibration_bins(&evaluation.passages).into_iter().map(judgement::band_row).collect(),
            unmarked_counted,
        };
        run.created = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs() as i64);
        let json = serde_json::to_string(&run).map_err(|error| Failure::bug(error.to_string()))?;
        (run.id, run.created) = engines.store().save_run(&json)?;
        Ok(run)
    }

    /// The questions that can be measured: those with at least one relevant passage.
    pub(crate) fn judged(&self, labels: Vec<Label>) -> Vec<JudgedQuestion> {
        let written = self.settings();
        let mut by_question: BTreeMap<String, Vec<Judgement>> = BTreeMap::new();
        for label in labels {
            let judgement = Judgement {
                document: label.document,
                passage: label.passage,
                name: label.name,
                page: label.page,
                grade: label.grade,
            };
            by_question.entry(label.question).or_default().push(judgement);
        }
        let usable = |judgements: &Vec<Judgement>| judgements.iter().any(|judgement| judgement.grade > 0);
        let question = |text| Question { answer: false, ..settings::question(&written, text) };
        let usable = by_question.into_iter().filter(|(_, judgements)| usable(judgements));
        usable.map(|(text, judgements)| JudgedQuestion { question: question(text), judgements }).collect()
    }

    /// Saved runs, newest first. A run that cannot be parsed is left out.
    pub async fn runs(&self) -> Result<Vec<RunRow>, Failure> {
        let runs = self.library.engines().await.store().runs()?;
        let read = |run: assay_library::Run| {
            let row: RunRow = serde_json::from_str(&run.run).ok()?;
            Some(RunRow { id: run.id, created: run.created, ..row })
        };
        Ok(runs.into_iter().filter_map(read).collect())
    }

    /// Deletes a run. Returns the others.
    pub async fn delete_run(&self, id: i64) -> Result<Vec<RunRow>, Failure> {
        self.library.engines().await.store().delete_run(id)?;
        self.runs().await
    }
}

fn question_rows(questions: &[JudgedQuestion], orders: &[OrderQuality]) -> Vec<QuestionRow> {
    let value = |order: Order, place: usize| {
        let quality = orders.iter().find(|quality| quality.order == order);
        quality.and_then(|quality| quality.ndcg_per_question.get(place)).copied().unwrap_or_default()
    };
    let row = |(place, judged): (usize, &JudgedQuestion)| QuestionRow {
        question: judged.question.text.clone(),
        relevant: judged.judgements.iter().filter(|judgement| judgement.grade > 0).count() as u32,
        vector: value(Order::Vector, place),
        lexical: value(Order::Lexical, place),
        hybrid: value(Order::Hybrid, place),
        reranked: value(Order::Reranked, place),
    };
    questions.iter().enumerate().map(row).collect()
}
