//! The two legs and their fusion.
//!
//! The legs run apart and keep their raw scores and ranks. They are joined by reciprocal rank
//! fusion (Cormack, Clarke and Buettcher, SIGIR 2009): a passage's fused score is the sum over
//! the legs that found it of 1 / (60 + rank).

use std::collections::HashMap;

use assay_domain::port::EmbedderIdentity;
use assay_domain::score::{FusedScore, LexicalScore, VectorScore};
use assay_domain::{Candidate, ChunkId, Hit, Outcome, Reason, ReasonCode};

use crate::words::is_foreign_to;

/// The constant of the paper: large enough that the first place does not outweigh agreement.
pub const RANK_CONSTANT: f64 = 60.0;

/// Why the vector leg is not to run, if it is not: vectors of a language that the model cannot read
/// are noise, and fusion would give the noise half a say.
pub fn reason_against_vectors(embedder: &EmbedderIdentity, question: &str) -> Option<Reason> {
    is_foreign_to(&embedder.languages, question).then(|| {
        let name = &embedder.name;
        let text = format!("{name} was not trained on Chinese, so its vectors would be noise; words alone decide");
        Reason::new(ReasonCode::LanguageUnknownToEmbedder, text)
    })
}

/// Joins the legs' hits, each best first, into candidates in fused order. Ties go to the better
/// vector rank, then to the lexical one, then to the older chunk.
pub fn fuse(vector: Vec<Hit>, lexical: Vec<Hit>) -> Vec<Candidate> {
    let mut found: HashMap<ChunkId, Candidate> = HashMap::new();
    for (place, hit) in vector.into_iter().enumerate() {
        let rank = place as u32 + 1;
        let candidate = entry(&mut found, &hit);
        candidate.vector = Some(VectorScore { similarity: hit.score, rank });
        candidate.fused.score += 1.0 / (RANK_CONSTANT + f64::from(rank));
    }
    for (place, hit) in lexical.into_iter().enumerate() {
        let rank = place as u32 + 1;
        let candidate = entry(&mut found, &hit);
        candidate.lexical = Some(LexicalScore { score: hit.score, rank });
        candidate.fused.score += 1.0 / (RANK_CONSTANT + f64::from(rank));
    }

    let mut candidates: Vec<Candidate> = found.into_values().collect();
    candidates.sort_by(|a, b| {
        let places = |c: &Candidate| {
            let vector = c.vector.map_or(u32::MAX, |score| score.rank);
            let lexical = c.lexical.map_or(u32::MAX, |score| score.rank);
            (vector, lexical, c.passage.chunk)
        };
        b.fused.score.total_cmp(&a.fused.score).then_with(|| places(a).cmp(&places(b)))
    });
    for (place, candidate) in candidates.iter_mut().enumerate() {
        candidate.fused.rank = place as u32 + 1;
    }
    candidates
}

fn entry<'a>(found: &'a mut HashMap<ChunkId, Candidate>, hit: &Hit) -> &'a mut Candidate {
    found.entry(hit.passage.chunk).or_insert_with(|| Candidate {
        passage: hit.passage.clone(),
        name: String::new(),
        offline: false,
        vector: None,
        lexical: None,
        fused: FusedScore { score: 0.0, rank: 0 },
        rerank: None,
        first_rerank: None,
        blend: None,
        outcome: Outcome::NotReranked,
    })
}
