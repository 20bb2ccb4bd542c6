//! A score cache in memory.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use crate::port::{PassageScore, ScoreCache, ScoreKey};
use crate::{Failure, GenerationId, Passage};

/// Keeps everything until it is purged.
#[derive(Default)]
pub struct MemoryScoreCache {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    ids: HashMap<(String, GenerationId, String), Vec<u32>>,
    scores: HashMap<(ScoreKey, GenerationId, String), PassageScore>,
    purged: HashSet<GenerationId>,
}

impl MemoryScoreCache {
    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.kept.lock().expect("no test panics while holding it"))
    }

    /// Number of passages with token ids, and number of scores.
    pub fn len(&self) -> (usize, usize) {
        self.with(|kept| (kept.ids.len(), kept.scores.len()))
    }

    /// Whether it holds neither ids nor scores.
    pub fn is_empty(&self) -> bool {
        self.len() == (0, 0)
    }
}

fn place(passage: &Passage) -> (GenerationId, String) {
    (passage.chunk.generation, passage.text.clone())
}

impl ScoreCache for MemoryScoreCache {
    fn ids(&self, tokenizer: &str, passages: &[&Passage]) -> Vec<Option<Vec<u32>>> {
        let find = |kept: &mut Kept, passage: &Passage| {
            let (generation, text) = place(passage);
            kept.ids.get(&(tokenizer.to_owned(), generation, text)).cloned()
        };
        self.with(|kept| passages.iter().map(|passage| find(kept, passage)).collect())
    }

    fn store_ids(&self, tokenizer: &str, passages: &[(&Passage, &[u32])]) {
        self.with(|kept| {
            for (passage, ids) in passages {
                let (generation, text) = place(passage);
                if !kept.purged.contains(&generation) {
                    kept.ids.insert((tokenizer.to_owned(), generation, text), ids.to_vec());
                }
            }
        });
    }

    fn scores(&self, key: &ScoreKey, passages: &[&Passage]) -> Vec<Option<PassageScore>> {
        let find = |kept: &mut Kept, passage: &Passage| {
            let (generation, text) = place(passage);
            kept.scores.get(&(key.clone(), generation, text)).copied()
        };
        self.with(|kept| passages.iter().map(|passage| find(kept, passage)).collect())
    }

    fn store_scores(&self, key: &ScoreKey, scores: &[(&Passage, PassageScore)]) {
        self.with(|kept| {
            for (passage, score) in scores {
                let (generation, text) = place(passage);
                if score.logit.is_finite() && !kept.purged.contains(&generation) {
                    kept.scores.insert((key.clone(), generation, text), *score);
                }
            }
        });
    }

    fn purge(&self, generations: &[GenerationId]) -> Result<(), Failure> {
        self.with(|kept| {
            kept.purged.extend(generations);
            kept.ids.retain(|(_, generation, _), _| !generations.contains(generation));
            kept.scores.retain(|(_, generation, _), _| !generations.contains(generation));
        });
        Ok(())
    }
}
