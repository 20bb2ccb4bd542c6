//! Fusion of the two retrievers' results: reciprocal rank fusion (Cormack, Clarke and Buettcher,
//! SIGIR 2009). A passage's fused score is the sum of 1 / (60 + rank) over the retrievers that
//! found it. Raw scores and ranks of both stay on the candidate.

use std::collections::HashMap;

use assay_domain::score::{FusedScore, LexicalScore, VectorScore};
use assay_domain::{Assignment, Candidate, ChunkId, Hit, Outcome, Passage};
use assay_text::tell_language;

/// The constant of the paper: large enough that one first place does not outweigh agreement.
pub const RANK_CONSTANT: f64 = 60.0;

/// What a rank, counted from 1, adds to a fused score.
pub fn reciprocal(rank: u32) -> f64 {
    1.0 / (RANK_CONSTANT + f64::from(rank))
}

/// Joins the hits of both retrievers, each best first, into candidates in fused order. Ties go to
/// the better vector rank, then to the better lexical rank, then to the older chunk.
pub fn fuse(vector: Vec<Hit>, lexical: Vec<Hit>) -> Vec<Candidate> {
    let mut found: HashMap<ChunkId, Candidate> = HashMap::new();
    for (rank, hit) in (1..).zip(vector) {
        let candidate = entry(&mut found, &hit);
        candidate.vector = Some(VectorScore { similarity: hit.score, rank });
        candidate.fused.score += reciprocal(rank);
    }
    for (rank, hit) in (1..).zip(lexical) {
        let candidate = entry(&mut found, &hit);
        candidate.lexical = Some(LexicalScore { score: hit.score, rank });
        candidate.fused.score += reciprocal(rank);
    }

    let mut candidates: Vec<Candidate> = found.into_values().collect();
    candidates.sort_by(|a, b| {
        let ranks = |c: &Candidate| {
            let vector = c.vector.map_or(u32::MAX, |score| score.rank);
            let lexical = c.lexical.map_or(u32::MAX, |score| score.rank);
            (vector, lexical, c.passage.chunk)
        };
        b.fused.score.total_cmp(&a.fused.score).then_with(|| ranks(a).cmp(&ranks(b)))
    });
    for (rank, candidate) in (1..).zip(&mut candidates) {
        candidate.fused.rank = rank;
    }
    candidates
}

fn entry<'a>(found: &'a mut HashMap<ChunkId, Candidate>, hit: &Hit) -> &'a mut Candidate {
    found.entry(hit.passage.chunk).or_insert_with(|| unscored(&hit.passage))
}

/// A passage as a candidate without name and scores.
pub(crate) fn unscored(passage: &Passage) -> Candidate {
    Candidate {
        passage: passage.clone(),
        name: String::new(),
        folder: String::new(),
        offline: false,
        language: tell_language(&passage.text),
        assignment: Assignment::default(),
        vector: None,
        lexical: None,
        fused: FusedScore { score: 0.0, rank: 0 },
        rerank: None,
        first_rerank: None,
        blend: None,
        copy_of: None,
        outcome: Outcome::NotReranked,
    }
}
