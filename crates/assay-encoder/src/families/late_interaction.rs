//! Late interaction: question and passage are encoded separately, and MaxSim compares their token vectors
//! (Khattab and Zaharia, 2020).
//!
//! ColBERT v2 (reference: colbert-ai) marks its texts with `[Q]` and `[D]`, fills the question up with `[MASK]`,
//! and leaves out the punctuation of passages. bge-m3 (reference: FlagEmbedding) uses all tokens but the first,
//! and the mean over the question's tokens instead of the sum.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;

use super::passage_scorer::{PassageScorer, ScorePassages, Scored, Stop};
use super::projection::Projection;
use crate::EncoderError;
use crate::batch::{Batch, TokenSequence};
use crate::config::EncoderConfig;
use crate::counters::Tally;
use crate::engine::Engine;
use crate::folder::ModelFolder;
use crate::tensor_encoder::TensorEncoder;
use crate::tokens::Tokens;

/// An encoder whose token vectors are compared by MaxSim.
pub(crate) struct LateInteraction {
    engine: Engine,
    tokens: Tokens,
    projection: Projection,
    kind: Kind,
    longest: usize,
}

enum Kind {
    Colbert(Box<Colbert>),
    BgeM3,
}

/// The parts that ColBERT has beyond the projection.
struct Colbert {
    settings: Settings,
    question_marker: u32,
    passage_marker: u32,
    filler: u32,
    skipped: HashSet<u32>,
    // `[MASK]` attends to the question's tokens and no token attends to it, which needs an attention mask.
    questions: TensorEncoder,
    config: EncoderConfig,
    tally: Arc<Tally>,
}

/// `artifact.metadata`: colbert-ai's training settings. Without the file its defaults apply.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    query_maxlen: usize,
    pub doc_maxlen: usize,
    mask_punctuation: bool,
    attend_to_mask_tokens: bool,
    query_token_id: String,
    doc_token_id: String,
    similarity: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            query_maxlen: 32,
            doc_maxlen: 220,
            mask_punctuation: true,
            attend_to_mask_tokens: false,
            query_token_id: "[unused0]".into(),
            doc_token_id: "[unused1]".into(),
            similarity: "cosine".into(),
        }
    }
}

impl Settings {
    /// Reads and checks `artifact.metadata`.
    pub fn read(folder: &ModelFolder) -> Result<Self, EncoderError> {
        let settings: Self = folder.read("artifact.metadata")?.unwrap_or_default();
        // [CLS], the marker and [SEP] take three tokens.
        if settings.similarity != "cosine" || settings.query_maxlen.min(settings.doc_maxlen) < 3 {
            return Err(EncoderError::Unsupported { part: format!("the ColBERT settings {settings:?}") });
        }
        Ok(settings)
    }
}

impl LateInteraction {
    /// ColBERT on an opened encoder.
    pub fn colbert(
        engine: Engine,
        tokens: Tokens,
        projection: Projection,
        questions: TensorEncoder,
        config: EncoderConfig,
        settings: Settings,
        folder: &ModelFolder,
    ) -> Result<Self, EncoderError> {
        if settings.query_maxlen > config.longest() {
            return Err(EncoderError::Unsupported { part: format!("questions of {} tokens", settings.query_maxlen) });
        }
        let id = |token: &str| {
            let reason = format!("it has no token {token}, which ColBERT needs");
            tokens.id(token).ok_or(EncoderError::Tokenizer { folder: folder.path().to_path_buf(), reason })
        };
        let (question_marker, passage_marker) = (id(&settings.query_token_id)?, id(&settings.doc_token_id)?);
        let filler = id("[MASK]")?;
        let mut skipped = HashSet::new();
        for symbol in (33u8..127).map(char::from).filter(char::is_ascii_punctuation) {
            let first = tokens.ids(&symbol.to_string())?.first().copied();
            skipped.extend(first.filter(|_| settings.mask_punctuation));
        }
        let longest = settings.doc_maxlen.min(config.longest());
        let tally = engine.tally();
        let kind = Colbert { settings, question_marker, passage_marker, filler, skipped, questions, config, tally };
        Ok(Self { engine, tokens, projection, kind: Kind::Colbert(Box::new(kind)), longest })
    }

    /// The multi-vector side of bge-m3 on an opened encoder.
    pub fn bge_m3(engine: Engine, tokens: Tokens, projection: Projection, longest: usize) -> Self {
        Self { engine, tokens, projection, kind: Kind::BgeM3, longest }
    }

    /// Unit vectors of the question's tokens, and the divisor of the sum over them.
    fn question(&mut self, text: &str, stop: Stop) -> Result<(Vec<f32>, f32), EncoderError> {
        let ids = self.tokens.ids(text)?;
        match &self.kind {
            Kind::BgeM3 => {
                let states = self.engine.states(&[self.tokens.single(&ids, self.longest)], stop)?.concat();
                let vectors = self.projection.unit_rows(states.get(self.projection.width()..).unwrap_or_default());
                let rows = vectors.len() / self.projection.columns();
                Ok((vectors, rows.max(1) as f32))
            }
            Kind::Colbert(colbert) => {
                Ok((self.projection.unit_rows(&colbert.question(&self.tokens, &ids, stop)?), 1.0))
            }
        }
    }

    /// The passage's token sequence, and how many of its tokens are in it.
    fn frame(&self, ids: &[u32]) -> (TokenSequence, usize) {
        match &self.kind {
            Kind::BgeM3 => {
                let space = self.longest.saturating_sub(self.tokens.single_frame());
                (self.tokens.single(ids, self.longest), ids.len().min(space))
            }
            Kind::Colbert(colbert) => {
                let space = self.longest.saturating_sub(1 + self.tokens.single_frame());
                let mut sequence = self.tokens.single(ids, self.longest.saturating_sub(1));
                insert_marker(&mut sequence, colbert.passage_marker);
                (sequence, ids.len().min(space))
            }
        }
    }

    /// Unit vectors of a passage's tokens, without those that the model leaves out.
    fn passage(&self, sequence: &TokenSequence, states: &[f32]) -> Vec<f32> {
        let counts = |place: usize, id: &u32| match &self.kind {
            Kind::BgeM3 => place > 0,
            Kind::Colbert(colbert) => !colbert.skipped.contains(id),
        };
        let rows = states.chunks_exact(self.projection.width()).zip(&sequence.ids).enumerate();
        let kept = rows.filter(|(place, (_, id))| counts(*place, id)).flat_map(|(_, (row, _))| row.iter().copied());
        self.projection.unit_rows(&kept.collect::<Vec<f32>>())
    }
}

impl PassageScorer for LateInteraction {
    fn batch(&self) -> usize {
        self.engine.pair_limit().sequences
    }

    fn read_question<'a>(&'a mut self, question: &str, stop: Stop) -> Result<ScorePassages<'a>, EncoderError> {
        let (question, share) = self.question(question, stop)?;
        let columns = self.projection.columns();
        Ok(Box::new(move |passages, stop| {
            let ids = passages.iter().map(|passage| self.tokens.ids(passage)).collect::<Result<Vec<_>, _>>()?;
            let framed: Vec<_> = ids.iter().map(|ids| self.frame(ids)).collect();
            let sequences: Vec<_> = framed.iter().map(|(sequence, _)| sequence.clone()).collect();
            let states = self.engine.states(&sequences, stop)?;
            let scored = states.iter().zip(&framed).zip(&ids).map(|((states, (sequence, read)), ids)| Scored {
                score: max_sim(&question, &self.passage(sequence, states), columns) / share,
                tokens_read: *read,
                tokens_total: ids.len(),
            });
            Ok(scored.collect())
        }))
    }
}

impl Colbert {
    /// States of a question with its marker, filled up with `[MASK]`.
    fn question(&self, tokens: &Tokens, ids: &[u32], stop: Stop) -> Result<Vec<f32>, EncoderError> {
        let mut sequence = tokens.single(ids, self.settings.query_maxlen - 1);
        insert_marker(&mut sequence, self.question_marker);
        let attended = sequence.ids.len();
        sequence.ids.resize(self.settings.query_maxlen.max(attended), self.filler);
        sequence.types.resize(sequence.ids.len(), 0);
        let all = if self.settings.attend_to_mask_tokens { None } else { Some(attended) };
        self.tally.add(sequence.ids.len(), sequence.ids.len());
        let batch = Batch::pack(std::slice::from_ref(&sequence), &self.config)?;
        self.questions.states(&batch, all, stop)
    }
}

/// Inserts a marker after the first token.
fn insert_marker(sequence: &mut TokenSequence, marker: u32) {
    let place = sequence.ids.len().min(1);
    sequence.ids.insert(place, marker);
    sequence.types.insert(place, 0);
}

/// MaxSim: for each vector of the question the greatest dot product with one of the passage, summed.
fn max_sim(question: &[f32], passage: &[f32], columns: usize) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let best =
        |row: &[f32]| passage.chunks_exact(columns).map(|other| dot(row, other)).fold(f32::NEG_INFINITY, f32::max);
    question.chunks_exact(columns).map(best).sum()
}
