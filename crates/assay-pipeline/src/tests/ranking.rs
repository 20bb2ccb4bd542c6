use assay_domain::score::RerankScore;
use assay_domain::{Candidate, ChunkId, CutRule, DocumentId, GenerationId, Hit, Passage, Threshold};

use crate::fuse::fuse;
use crate::keep::{Thresholds, cut};

fn hit(ordinal: u32, score: f32) -> Hit {
    let passage = Passage {
        chunk: ChunkId { generation: GenerationId(1), ordinal },
        document: DocumentId(1),
        page_index: 0,
        page: None,
        range: 0..1,
        heading: None,
        text: ordinal.to_string(),
    };
    Hit { passage, score }
}

#[test]
fn fusion_is_the_sum_of_reciprocal_ranks() {
    let fused = fuse(vec![hit(1, 0.9), hit(2, 0.8), hit(3, 0.1)], vec![hit(3, 12.0), hit(4, 2.0)]);
    let found: Vec<(u32, f64)> = fused.iter().map(|c| (c.passage.chunk.ordinal, c.fused.score)).collect();
    let expected = [(3, 1.0 / 63.0 + 1.0 / 61.0), (1, 1.0 / 61.0), (2, 1.0 / 62.0), (4, 1.0 / 62.0)];
    assert_eq!(found.len(), expected.len());
    for ((ordinal, score), (wanted, sum)) in found.into_iter().zip(expected) {
        assert_eq!(ordinal, wanted);
        assert!((score - sum).abs() < 1e-12);
    }
    let third = fused.iter().find(|c| c.passage.chunk.ordinal == 3).unwrap();
    assert_eq!((third.vector.unwrap().similarity, third.lexical.unwrap().score), (0.1, 12.0), "raw scores survive");
}

#[test]
fn a_retriever_without_hits_leaves_the_order_of_the_other() {
    for (vector, lexical) in [(vec![hit(1, 0.5), hit(2, 0.4)], vec![]), (vec![], vec![hit(1, 5.0), hit(2, 4.0)])] {
        let ranks: Vec<_> = fuse(vector, lexical).iter().map(|c| (c.passage.chunk.ordinal, c.fused.rank)).collect();
        assert_eq!(ranks, [(1, 1), (2, 2)]);
    }
    assert!(fuse(vec![], vec![]).is_empty());
}

fn with_probabilities(values: &[f32]) -> Vec<Candidate> {
    let hits = (0..).zip(values).map(|(ordinal, _)| hit(ordinal, 1.0)).collect();
    let mut candidates = fuse(hits, vec![]);
    for (candidate, &probability) in candidates.iter_mut().zip(values) {
        let score = RerankScore {
            model: "m".into(),
            logit: 0.0,
            probability,
            rank: 1,
            tokens_read: 1,
            tokens_total: 1,
            windows: 1,
            window: 1,
        };
        candidate.rerank = Some(score);
    }
    candidates
}

#[test]
fn the_threshold_follows_the_spread_of_the_ten_best() {
    let rule = Threshold::Spread { loose: 0.40, middle: 0.5, tight: 0.65, narrow: 0.05, wide: 0.15 };
    let cases: [(&[f32], f32, CutRule); 4] = [
        (&[0.5, 0.51, 0.49], 0.40, CutRule::NarrowSpread),
        (&[0.9, 0.1, 0.1], 0.65, CutRule::WideSpread),
        (&[0.6, 0.4], 0.5, CutRule::MiddleSpread),
        (&[], 0.40, CutRule::NarrowSpread),
    ];
    for (values, value, code) in cases {
        let cut = cut(&rule, &with_probabilities(values), &Thresholds::default());
        assert_eq!((cut.value, cut.rule), (Some(value), code), "{values:?}");
    }
    // Only the ten best count: a tail of zeros widens nothing.
    let mut many = vec![0.5; 10];
    many.extend([0.0; 30]);
    assert_eq!(cut(&rule, &with_probabilities(&many), &Thresholds::default()).rule, CutRule::NarrowSpread);
}
