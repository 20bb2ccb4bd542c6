//! Passages and questions that are made up, with the statistics of real ones, and the same in each run.
//!
//! Vectors lie around centres as those of real texts do: a unit vector of a centre plus noise. Words follow Zipf's law
//! (frequency proportional to 1 / rank), so a question has common and rare ones.

use assay_domain::{Chunk, ChunkId, ChunkWords, DocumentId, EmbeddedChunk, GenerationId};

/// Numbers of a vector.
pub const DIMENSION: usize = 384;
/// Passages of one document, which is one generation.
pub const OF_DOCUMENT: u64 = 100;
/// Collections with the share of all documents that they hold; the rest is in `rest`.
pub const COLLECTIONS: [(&str, f64); 3] = [("0.02 %", 0.0002), ("1 %", 0.01), ("30 %", 0.3)];

const CENTRES: u64 = 2_000;
const NOISE: f32 = 0.9;
const VOCABULARY: f64 = 60_000.0;
const WORDS: u64 = 40;
const SYLLABLES: [&str; 16] =
    ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va"];

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): a number for each seed, without state between calls.
struct Random(u64);

impl Random {
    fn of(kind: u64, seed: u64) -> Self {
        Self(kind.wrapping_mul(0xd134_2543_de82_ef95) ^ seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1, 1 excluded.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A vector whose numbers are sums of four uniform ones, near enough to normal.
    fn direction(&mut self) -> Vec<f32> {
        let mut number = || (0..4).map(|_| self.share() as f32 - 0.5).sum::<f32>();
        unit((0..DIMENSION).map(|_| number()).collect())
    }
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    vector.iter_mut().for_each(|number| *number /= length);
    vector
}

/// What is generated, with its centres.
pub struct Generated {
    centres: Vec<Vec<f32>>,
    passages: u64,
}

impl Generated {
    /// A library of this many passages.
    pub fn of(passages: u64) -> Self {
        Self { centres: (0..CENTRES).map(|centre| Random::of(1, centre).direction()).collect(), passages }
    }

    /// The generation of a passage; it counts its documents.
    pub fn generation(passage: u64) -> GenerationId {
        GenerationId((passage / OF_DOCUMENT + 1) as i64)
    }

    /// The chunk of a passage.
    pub fn chunk_id(passage: u64) -> ChunkId {
        ChunkId { generation: Self::generation(passage), ordinal: (passage % OF_DOCUMENT) as u32 }
    }

    /// The collection of a passage's document. The documents of a collection lie scattered.
    pub fn collection(passage: u64) -> &'static str {
        let mut place = Random::of(5, passage / OF_DOCUMENT).share();
        for (name, share) in COLLECTIONS {
            if place < share {
                return name;
            }
            place -= share;
        }
        "rest"
    }

    /// The vector of a passage.
    pub fn vector(&self, passage: u64) -> Vec<f32> {
        self.near(Random::of(2, passage), NOISE)
    }

    fn near(&self, mut random: Random, noise: f32) -> Vec<f32> {
        let centre = self.centres.get((random.next() % CENTRES) as usize).map(Vec::as_slice).unwrap_or_default();
        let around = random.direction();
        unit(centre.iter().zip(around).map(|(centre, around)| centre + noise * around).collect())
    }

    /// The words of a passage.
    pub fn text(passage: u64) -> String {
        let mut random = Random::of(3, passage);
        let words: Vec<String> = (0..WORDS).map(|_| word(zipf(&mut random))).collect();
        words.join(" ")
    }

    /// A question: a vector close to that of some passage, and words of it, some common and some rare.
    pub fn question(&self, number: u64) -> (Vec<f32>, String) {
        let passage = Random::of(4, number).next() % self.passages;
        let around = Random::of(6, number).direction();
        let vector = self.vector(passage).iter().zip(around).map(|(near, around)| near + 0.4 * around).collect();
        let text = Self::text(passage);
        let words: Vec<&str> = text.split(' ').step_by(7).collect();
        (unit(vector), words.join(" "))
    }

    /// The rows of passages from one number to another, the last excluded.
    pub fn rows(&self, from: u64, to: u64) -> Vec<EmbeddedChunk> {
        (from..to).map(|passage| self.row(passage, Self::generation(passage))).collect()
    }

    fn row(&self, passage: u64, generation: GenerationId) -> EmbeddedChunk {
        let text = Self::text(passage);
        let ordinal = (passage % OF_DOCUMENT) as u32;
        EmbeddedChunk {
            document: DocumentId(generation.0),
            generation,
            collection: Self::collection(passage).to_owned(),
            words: ChunkWords { text: text.clone(), names: format!("document {} txt", generation.0) },
            chunk: Chunk { ordinal, page_index: 0, page: None, range: 0..text.len(), heading: None, text },
            vector: self.vector(passage),
        }
    }

    /// The first document saved anew: other passages under a generation that no other has.
    pub fn saved(&self, time: u64) -> Vec<EmbeddedChunk> {
        let generation = GenerationId(((self.passages / OF_DOCUMENT) + 2 + time) as i64);
        let from = (self.passages / OF_DOCUMENT + 1 + time) * OF_DOCUMENT;
        (from..from + OF_DOCUMENT).map(|passage| self.row(passage, generation)).collect()
    }
}

/// The rank of a word by Zipf's law, from 0: the inverse of its distribution, which is nearly logarithmic.
fn zipf(random: &mut Random) -> u64 {
    (VOCABULARY.powf(random.share()) - 1.0) as u64
}

/// The word of a rank, pronounceable and unlike its neighbours.
fn word(rank: u64) -> String {
    let mut rest = rank;
    let mut word = String::new();
    for _ in 0..4 {
        word.push_str(SYLLABLES.get((rest % 16) as usize).copied().unwrap_or_default());
        rest /= 16;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::{COLLECTIONS, Generated};

    #[test]
    fn passages_are_the_same_each_time_and_their_shares_are_right() {
        let (one, other) = (Generated::of(1_000), Generated::of(1_000));
        assert_eq!(one.rows(0, 20), other.rows(0, 20));
        assert_eq!(one.question(3), other.question(3));
        for (name, share) in COLLECTIONS {
            let held = (0..200_000).filter(|document| Generated::collection(document * 100) == name).count();
            let expected = share * 200_000.0;
            assert!((held as f64 - expected).abs() < 4.0 * expected.sqrt(), "{name}: {held} of {expected}");
        }
        let length = one.vector(7).iter().map(|number| number * number).sum::<f32>();
        assert!((length - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_question_has_words_of_its_passage() {
        let (_, words) = Generated::of(1_000).question(5);
        assert!((0..1_000).any(|passage| words.split(' ').all(|word| Generated::text(passage).contains(word))));
    }
}
