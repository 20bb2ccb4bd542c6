//! The cache on a real file.

use std::fs;
use std::path::PathBuf;

use assay_domain::port::{PassageScore, ScoreCache, ScoreKey};
use assay_domain::{ChunkId, DocumentId, GenerationId, Passage, Precision};
use rusqlite::Connection;
use tempfile::TempDir;

use super::ScoreCacheFile;
use super::file::connect;
use super::rows::{question_hash, score_from, score_row, text_hash};

const MOST: u64 = 64 << 20;

struct Cache {
    folder: TempDir,
    cache: ScoreCacheFile,
}

impl Cache {
    fn new(most: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = ScoreCacheFile::open(&folder.path().join("pairs.sqlite"), most, &[]).unwrap();
        Self { folder, cache }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("pairs.sqlite")
    }

    fn reopened(self, live: &[i64]) -> Self {
        let Self { folder, cache } = self;
        drop(cache);
        let live: Vec<GenerationId> = live.iter().map(|id| GenerationId(*id)).collect();
        let cache = ScoreCacheFile::open(&folder.path().join("pairs.sqlite"), MOST, &live).unwrap();
        Self { folder, cache }
    }

    /// Whether any file of the folder holds these bytes.
    fn holds(&self, needle: &[u8]) -> bool {
        fs::read_dir(self.folder.path()).unwrap().any(|entry| {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(needle.len()).any(|window| window == needle)
        })
    }
}

fn passage(generation: i64, text: &str) -> Passage {
    Passage {
        chunk: ChunkId { generation: GenerationId(generation), ordinal: 0 },
        document: DocumentId(generation),
        page_index: 0,
        page: None,
        range: 0..text.len(),
        heading: None,
        text: text.to_owned(),
    }
}

fn key(question: &str) -> ScoreKey {
    ScoreKey {
        weights: "weights".into(),
        tokenizer: "tokenizer".into(),
        precision: Precision::F32,
        max_tokens: 512,
        windowing: "best window",
        question: question.as_bytes().to_vec(),
    }
}

fn score(logit: f32) -> PassageScore {
    PassageScore { logit, tokens_read: 20, tokens_total: 30, windows: 3, window: 2 }
}

#[test]
fn what_comes_back_is_what_was_kept_bit_for_bit() {
    let cache = Cache::new(MOST);
    let (first, second) = (passage(1, "apples"), passage(2, "梨"));
    let logits = [0.1_f32 + 0.2, -0.0, f32::MIN_POSITIVE / 2.0, -11.374_999];
    for (question, logit) in ["a", "b", "c", "d"].iter().zip(logits) {
        cache.cache.store_scores(&key(question), &[(&first, score(logit)), (&second, score(-logit))]);
    }
    cache.cache.store_ids("tokenizer", &[(&first, &[1, 70_000, u32::MAX]), (&second, &[])]);
    let cache = cache.reopened(&[1, 2]);
    for (question, logit) in ["a", "b", "c", "d"].iter().zip(logits) {
        let found = cache.cache.scores(&key(question), &[&second, &first, &passage(1, "pears"), &passage(3, "apples")]);
        let bits: Vec<_> = found.iter().map(|score| score.map(|score| score.logit.to_bits())).collect();
        assert_eq!(bits, [Some((-logit).to_bits()), Some(logit.to_bits()), None, None]);
        assert_eq!(found[1], Some(score(logit)));
    }
    let found = cache.cache.ids("tokenizer", &[&first, &second, &passage(1, "other")]);
    assert_eq!(found, [Some(vec![1, 70_000, u32::MAX]), Some(vec![]), None]);
    assert_eq!(cache.cache.ids("other tokenizer", &[&first]), [None]);
}

#[test]
fn a_score_belongs_to_everything_it_depends_on() {
    let cache = Cache::new(MOST);
    let apples = passage(1, "apples");
    cache.cache.store_scores(&key("q"), &[(&apples, score(1.0))]);
    let same = key("q");
    let others = [
        ScoreKey { weights: "other".into(), ..same.clone() },
        ScoreKey { tokenizer: "other".into(), ..same.clone() },
        ScoreKey { precision: Precision::Int8, ..same.clone() },
        ScoreKey { max_tokens: 256, ..same.clone() },
        ScoreKey { windowing: "first window", ..same.clone() },
        ScoreKey { question: b"other".to_vec(), ..same.clone() },
        ScoreKey { weights: "weightst".into(), tokenizer: "okenizer".into(), ..same.clone() },
    ];
    assert_eq!(cache.cache.scores(&same, &[&apples]), [Some(score(1.0))]);
    for other in others {
        assert_eq!(cache.cache.scores(&other, &[&apples]), [None], "{other:?}");
    }
}

#[test]
fn scores_that_are_not_finite_are_not_kept_and_a_damaged_row_counts_as_missing() {
    let cache = Cache::new(MOST);
    let apples = passage(1, "apples");
    for logit in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        cache.cache.store_scores(&key("q"), &[(&apples, score(logit))]);
    }
    assert_eq!(cache.cache.count().unwrap(), (0, 0));

    let (question, text, generation) = (question_hash(&key("q")), text_hash("apples"), GenerationId(1));
    let row = score_row(&question, generation, &text, &score(0.5));
    assert_eq!(score_from(&question, generation, &text, &row), Some(score(0.5)));
    for place in 0..row.len() {
        let mut torn = row.clone();
        torn[place] ^= 1;
        assert_eq!(score_from(&question, generation, &text, &torn), None, "byte {place}");
    }
    for short in [&row[..0], &row[..7], &row[..20]] {
        assert_eq!(score_from(&question, generation, &text, short), None);
    }
    assert_eq!(score_from(&question, GenerationId(2), &text, &row), None, "a row in another's place");

    cache.cache.store_scores(&key("q"), &[(&apples, score(0.5))]);
    let spoil = "UPDATE scores SET row = x'00112233445566778899aabbccddeeff00112233445566778899aabb'";
    cache.cache.lock().connection.execute(spoil, []).unwrap();
    assert_eq!(cache.cache.scores(&key("q"), &[&apples]), [None]);
}

#[test]
fn a_purge_leaves_nothing_on_the_disk_and_lets_nothing_back_in() {
    let cache = Cache::new(MOST);
    let (secret, other) = (passage(1, "the secret passage"), passage(2, "another passage"));
    let ids: Vec<u32> = (0..400).map(|n| 7_000_000 + n * 31).collect();
    let bytes: Vec<u8> = ids[100..110].iter().flat_map(|id| id.to_le_bytes()).collect();
    cache.cache.store_ids("tokenizer", &[(&secret, &ids), (&other, &[5, 6])]);
    cache.cache.store_scores(&key("only the secret"), &[(&secret, score(1.0))]);
    cache.cache.store_scores(&key("both"), &[(&secret, score(1.0)), (&other, score(2.0))]);
    let (hash, question) = (text_hash("the secret passage"), question_hash(&key("only the secret")));
    assert!(cache.holds(&bytes) && cache.holds(&hash) && cache.holds(&question));
    assert!(!cache.holds(b"secret"), "no text at all");

    cache.cache.purge(&[GenerationId(1)]).unwrap();
    assert!(!cache.holds(&bytes) && !cache.holds(&hash) && !cache.holds(&question));
    assert_eq!(cache.cache.count().unwrap(), (1, 1));
    assert_eq!(cache.cache.scores(&key("both"), &[&secret, &other]), [None, Some(score(2.0))]);

    // A question that was running when the document was removed.
    cache.cache.store_ids("tokenizer", &[(&secret, &ids)]);
    cache.cache.store_scores(&key("both"), &[(&secret, score(1.0))]);
    assert_eq!(cache.cache.count().unwrap(), (1, 1));
    assert!(!cache.holds(&hash));
}

#[test]
fn dead_generations_are_purged_when_the_file_is_opened() {
    let cache = Cache::new(MOST);
    for generation in 1..=3 {
        let passage = passage(generation, "the same words");
        cache.cache.store_ids("tokenizer", &[(&passage, &[1])]);
        cache.cache.store_scores(&key("q"), &[(&passage, score(1.0))]);
    }
    let cache = cache.reopened(&[2]);
    assert_eq!(cache.cache.count().unwrap(), (1, 1));
    assert!(cache.cache.scores(&key("q"), &[&passage(2, "the same words")])[0].is_some());
}

#[test]
fn the_file_stays_within_its_bound_and_forgets_the_least_recently_used_first() {
    const SMALL: u64 = 256 << 10;
    let cache = Cache::new(SMALL);
    let ids: Vec<u32> = (0..250).collect();
    let passages: Vec<Passage> = (0..50).map(|n| passage(n, &format!("passage {n}"))).collect();
    let all: Vec<&Passage> = passages.iter().collect();
    let ask = |question: usize| {
        let scores: Vec<_> = all.iter().map(|passage| (*passage, score(question as f32))).collect();
        cache.cache.store_scores(&key(&question.to_string()), &scores);
    };
    let known = |question: usize| cache.cache.scores(&key(&question.to_string()), &all)[0].is_some();
    ask(0);
    for question in 1..120 {
        ask(question);
        assert!(known(0), "asked again each time, so it stays; {question}");
        let with: Vec<_> = all[..10].iter().map(|passage| (*passage, ids.as_slice())).collect();
        cache.cache.store_ids(&format!("tokenizer {question}"), &with);
        assert!(fs::metadata(cache.path()).unwrap().len() <= SMALL * 3 / 2);
        assert!(known(question));
    }
    assert!(!known(1) && !known(2) && known(118));
    assert_eq!(cache.cache.ids("tokenizer 119", &all[..1]), [Some(ids.clone())]);
    assert_eq!(cache.cache.ids("tokenizer 1", &all[..1]), [None]);
}

#[test]
fn a_file_that_cannot_be_used_is_created_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pairs.sqlite");
    let usable = |cache: &ScoreCacheFile| {
        cache.store_scores(&key("q"), &[(&passage(1, "apples"), score(1.0))]);
        assert!(cache.scores(&key("q"), &[&passage(1, "apples")])[0].is_some());
    };
    fs::write(&path, b"this is no database but is long enough to look like one".repeat(100)).unwrap();
    usable(&ScoreCacheFile::open(&path, MOST, &[]).unwrap());
    let other = Connection::open(&path).unwrap();
    other.pragma_update(None, "user_version", 99).unwrap();
    drop(other);
    usable(&ScoreCacheFile::open(&path, MOST, &[]).unwrap());

    // Damaged while it is open: what cannot be read is not there, and a purge still purges.
    let cache = ScoreCacheFile::open(&path, MOST, &[GenerationId(1)]).unwrap();
    cache.lock().connection.execute_batch("PRAGMA cache_size = 0; PRAGMA shrink_memory").unwrap();
    let length = fs::metadata(&path).unwrap().len();
    fs::write(&path, vec![0x5a; length as usize]).unwrap();
    assert_eq!(cache.scores(&key("q"), &[&passage(1, "apples")]), [None]);
    cache.purge(&[GenerationId(1)]).unwrap();
    usable(&ScoreCacheFile::open(&folder.path().join("other.sqlite"), MOST, &[]).unwrap());
    ScoreCacheFile::delete(&path).unwrap();
    ScoreCacheFile::delete(&path).unwrap();
    assert!(!path.exists());
}

#[test]
fn the_clock_goes_on_where_it_stood() {
    let cache = Cache::new(MOST);
    for _ in 0..5 {
        cache.cache.store_ids("tokenizer", &[(&passage(1, "apples"), &[1])]);
    }
    let path = cache.path();
    drop(cache.cache);
    assert!(connect(&path).unwrap().1 >= 5);
}
