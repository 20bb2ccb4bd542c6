//! Passages that say the same but for a few words: copies of a report, a letter and its draft.
//!
//! Two texts are copies if the Jaccard similarity of their shingles (Broder, 1997) is at least [`ALIKE`] and they name the
//! same identifiers: two invoices that differ in their number alone are two invoices.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use assay_domain::{Candidate, identifiers};

/// Share of shingles that two copies have in common, at least.
const ALIKE: f64 = 0.9;

/// Characters of a shingle; letters and digits alone count.
const SHINGLE: usize = 8;

/// Marks each candidate that is a copy of one before it, and puts copies behind all others, in their order. Returns how
/// many there are.
pub fn fold(candidates: &mut [Candidate]) -> usize {
    let mut known: Vec<(Shape, usize)> = Vec::new();
    let mut copies = 0;
    for place in 0..candidates.len() {
        let Some(shape) = candidates.get(place).map(|candidate| Shape::of(&candidate.passage.text)) else { break };
        let original = known.iter().find(|(other, _)| shape.is_copy_of(other)).map(|(_, original)| *original);
        match original.and_then(|original| Some(candidates.get(original)?.passage.chunk)) {
            Some(original) => {
                copies += 1;
                if let Some(candidate) = candidates.get_mut(place) {
                    candidate.copy_of = Some(original);
                }
            }
            None => known.push((shape, place)),
        }
    }
    candidates.sort_by_key(|candidate| candidate.copy_of.is_some());
    copies
}

/// The hashes of a text's shingles; one for all of a text that is shorter.
pub(crate) fn shingles(text: &str) -> HashSet<u64> {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    letters.windows(SHINGLE.min(letters.len().max(1))).map(|window| hasher.hash_one(window)).collect()
}

/// What is compared of a text.
struct Shape {
    shingles: HashSet<u64>,
    names: Vec<String>,
}

impl Shape {
    fn of(text: &str) -> Self {
        let shingles = shingles(text);
        let mut names: Vec<String> = identifiers(text).into_iter().map(|one| one.written.to_lowercase()).collect();
        names.sort_unstable();
        Self { shingles, names }
    }

    fn is_copy_of(&self, other: &Self) -> bool {
        let (few, many) =
            (self.shingles.len().min(other.shingles.len()), self.shingles.len().max(other.shingles.len()));
        if few == 0 || (few as f64) < ALIKE * many as f64 || self.names != other.names {
            return false;
        }
        let shared = self.shingles.intersection(&other.shingles).count();
        shared as f64 >= ALIKE * (self.shingles.len() + other.shingles.len() - shared) as f64
    }
}
