//! Passages that say the same but for a few words: copies of a report, a letter and its draft.
//!
//! Two texts are copies if the Jaccard similarity of their shingles (Broder, 1997) is at least [`ALIKE`] and they say the same
//! numbers and codes in the same order: two contracts that differ in a digit of an amount, a date, a clause or an account are
//! two contracts.

mod numbers;

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use assay_domain::Candidate;

use numbers::numbers;

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
    numbers: Vec<String>,
}

impl Shape {
    fn of(text: &str) -> Self {
        Self { shingles: shingles(text), numbers: numbers(text) }
    }

    fn is_copy_of(&self, other: &Self) -> bool {
        let (few, many) =
            (self.shingles.len().min(other.shingles.len()), self.shingles.len().max(other.shingles.len()));
        if few == 0 || (few as f64) < ALIKE * many as f64 || self.numbers != other.numbers {
            return false;
        }
        let shared = self.shingles.intersection(&other.shingles).count();
        shared as f64 >= ALIKE * (self.shingles.len() + other.shingles.len() - shared) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::Shape;

    const CONTRACT: &str = "This contract is made between the cooperative and the tenant named below. Under clause 4.2 the tenant pays a \
        rent of 1,450 euros a month into account DE89 3704 0044 0532 0130 00, first on 3 March 2024, and a deposit of three \
        months' rent, which is given back 30 days after the keys are. Article IV holds for guests. Either side may end the \
        contract three months ahead in writing; the notice is sent to the office of the cooperative and to nobody else. \
        甲方应于二〇二四年三月五日前支付定金三万元，逾期按第七条处理。";

    #[test]
    fn texts_that_differ_in_a_number_are_no_copies() {
        let original = Shape::of(CONTRACT);
        for (old, new) in [
            ("1,450 euros", "1,460 euros"),
            ("clause 4.2", "clause 4.3"),
            ("clause 4.2", "clause 5.2"),
            ("0130 00", "0131 00"),
            ("3 March", "4 March"),
            ("March 2024", "March 2025"),
            ("30 days", "60 days"),
            ("three months ahead", "four months ahead"),
            ("Article IV", "Article VI"),
            ("三万元", "五万元"),
            ("第七条", "第八条"),
            ("三月五日", "三月六日"),
            ("二〇二四年", "二〇二五年"),
        ] {
            assert!(CONTRACT.contains(old), "{old}");
            let other = Shape::of(&CONTRACT.replacen(old, new, 1));
            assert!(!other.is_copy_of(&original), "{old} against {new}");
        }
        // Two amounts that change places are another contract, too.
        let swapped = CONTRACT.replacen("1,450", "30", 1).replacen("30 days", "1,450 days", 1);
        assert!(!Shape::of(&swapped).is_copy_of(&original));
    }

    #[test]
    fn texts_that_differ_in_a_word_or_in_the_form_of_numbers_are_copies() {
        let original = Shape::of(CONTRACT);
        for (old, new) in [
            ("tenant named", "lodger named"),
            ("nobody else", "no one but it"),
            ("1,450", "1450"),
            ("1,450 euros", "１，４５０ euros"),
            ("three months ahead", "3 months ahead"),
            ("\u{3002}", "."),
        ] {
            let other = Shape::of(&CONTRACT.replacen(old, new, 1));
            assert!(CONTRACT.contains(old) && other.is_copy_of(&original), "{old} against {new}");
        }
    }
}
