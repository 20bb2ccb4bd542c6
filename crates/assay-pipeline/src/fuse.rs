//! Fusion of the retrievers' results: reciprocal rank fusion (Cormack, Clarke and Buettcher,
//! SIGIR 2009). A passage's fused score is the sum of 1 / (60 + rank) over the retrievers that
//! found it: the question's two, and one for each drafted query. Raw scores and ranks of all stay on the candidate.

use std::collections::HashMap;

use assay_domain::score::{FusedScore, LexicalScore, VectorScore};
use assay_domain::{Assignment, Candidate, ChunkId, DraftedQuery, DraftedScore, Hit, Outcome, Passage};
use assay_text::tell_language;

/// The constant of the paper: large enough that one first place does not outweigh agreement.
pub const RANK_CONSTANT: f64 = 60.0;

/// What a rank, counted from 1, adds to a fused score.
pub fn reciprocal(rank: u32) -> f64 {
    1.0 / (RANK_CONSTANT + f64::from(rank))
}

/// What a drafted query found, each list best first.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftedHits {
    /// Which query.
    pub query: DraftedQuery,
    /// Hits of its vector.
    pub vector: Vec<Hit>,
    /// Hits of its words.
    pub lexical: Vec<Hit>,
}

/// Joins the hits of both retrievers, each best first, into candidates in fused order. Ties go to
/// the better vector rank, then to the better lexical rank, then to the older chunk.
pub fn fuse(vector: Vec<Hit>, lexical: Vec<Hit>) -> Vec<Candidate> {
    fuse_with_drafts(vector, lexical, Vec::new(), 0)
}

/// The same with drafted queries. The two lists of a query are fused first, and up to `most` passages of that order are
/// the query's own list, so that each query has one vote.
pub fn fuse_with_drafts(vector: Vec<Hit>, lexical: Vec<Hit>, drafted: Vec<DraftedHits>, most: usize) -> Vec<Candidate> {
    let mut all = found(vector, lexical);
    for DraftedHits { query, vector, lexical } in drafted {
        let of_query = in_order(found(vector, lexical)).into_iter().take(most);
        for (rank, Found { passage, vector, lexical, .. }) in (1..).zip(of_query) {
            let entry = all.entry(passage.chunk).or_insert_with(|| Found::new(passage));
            entry.drafted.push(DraftedScore { query, rank, vector, lexical });
            entry.score += reciprocal(rank);
        }
    }
    let candidate = |(rank, Found { passage, vector, lexical, drafted, score }): (u32, Found)| Candidate {
        vector,
        lexical,
        drafted,
        fused: FusedScore { score, rank },
        ..unscored(&passage)
    };
    (1..).zip(in_order(all)).map(candidate).collect()
}

/// A passage with the ranks that it has so far.
struct Found {
    passage: Passage,
    vector: Option<VectorScore>,
    lexical: Option<LexicalScore>,
    drafted: Vec<DraftedScore>,
    /// Sum of the reciprocal ranks.
    score: f64,
}

impl Found {
    fn new(passage: Passage) -> Self {
        Self { passage, vector: None, lexical: None, drafted: Vec::new(), score: 0.0 }
    }
}

fn found(vector: Vec<Hit>, lexical: Vec<Hit>) -> HashMap<ChunkId, Found> {
    let mut found: HashMap<ChunkId, Found> = HashMap::new();
    for (rank, Hit { passage, score: similarity }) in (1..).zip(vector) {
        let entry = found.entry(passage.chunk).or_insert_with(|| Found::new(passage));
        entry.vector = Some(VectorScore { similarity, rank });
        entry.score += reciprocal(rank);
    }
    for (rank, Hit { passage, score }) in (1..).zip(lexical) {
        let entry = found.entry(passage.chunk).or_insert_with(|| Found::new(passage));
        entry.lexical = Some(LexicalScore { score, rank });
        entry.score += reciprocal(rank);
    }
    found
}

fn in_order(found: HashMap<ChunkId, Found>) -> Vec<Found> {
    let mut found: Vec<Found> = found.into_values().collect();
    found.sort_by(|a, b| {
        let ranks = |found: &Found| {
            let vector = found.vector.map_or(u32::MAX, |score| score.rank);
            let lexical = found.lexical.map_or(u32::MAX, |score| score.rank);
            (vector, lexical, found.passage.chunk)
        };
        b.score.total_cmp(&a.score).then_with(|| ranks(a).cmp(&ranks(b)))
    });
    found
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
        drafted: Vec::new(),
        fused: FusedScore { score: 0.0, rank: 0 },
        rerank: None,
        first_rerank: None,
        blend: None,
        copy_of: None,
        threshold: None,
        outcome: Outcome::NotReranked,
    }
}
