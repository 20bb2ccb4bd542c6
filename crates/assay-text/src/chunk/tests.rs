use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use assay_domain::{Chunk, Extractor, Page, PageOutcome, ReadDocument};

use super::{ChunkSize, MOST_PART_BYTES, TokenStarts, chunk};
use crate::error::TextError;

/// xorshift64*, so that every run sees the same texts.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }

    fn text(&mut self, pieces: usize) -> String {
        const PIECES: [&str; 36] = [
            "heron",
            "The lamp is lit at seven.",
            " ",
            " ",
            "  ",
            "\n",
            "\n\n",
            "\n\n\n",
            "\r\n",
            "\t",
            "灯塔",
            "看守人每晚七点点灯。",
            "，",
            "𠮷",
            "日本語の文",
            "👩‍👩‍👧‍👦",
            "🇨🇭",
            "e\u{301}",
            "a\u{308}\u{323}",
            "\u{200B}",
            "\u{A0}",
            "\u{3000}",
            "# Heading\n",
            "## Second\n\n",
            "- item\n",
            "1. first\n",
            "```rust\nlet a = 1;\n```\n",
            "| a | b |\n|---|---|\n| 1 | 2 |\n",
            "> quoted\n",
            "*emphasis*",
            "[link](there)",
            "---\n",
            "x",
            "antidisestablishmentarianism",
            "العربية",
            "ไม่มีช่องว่าง",
        ];
        (0..pieces).map(|_| PIECES[self.below(PIECES.len())]).collect()
    }
}

fn document(format: &str, texts: &[String]) -> ReadDocument {
    let pages = texts.iter().zip(1..).map(|(text, number)| Page {
        number: Some(number),
        text: text.clone(),
        headings: text.find('H').map(|at| (at, "Heading".to_owned())).into_iter().collect(),
        extractor: Extractor::Format,
        confidence: None,
        outcome: PageOutcome::Text,
    });
    ReadDocument { format: format.into(), pages: pages.collect(), language: None, hash: String::new() }
}

fn chars(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).collect()
}

fn words(text: &str) -> Vec<usize> {
    text.split_whitespace().map(|word| word.as_ptr().addr() - text.as_ptr().addr()).collect()
}

fn all(document: &ReadDocument, starts: TokenStarts<'_>, size: ChunkSize) -> Result<Vec<Chunk>, TextError> {
    chunk(document, starts, size).map(Iterator::collect)
}

/// Checks the invariants of chunks: exact slices, within a page, within the size, none of only white
/// space, and everything except white space covered.
fn check_invariants(document: &ReadDocument, chunks: &[Chunk], starts: TokenStarts<'_>, tokens: usize) {
    let mut covered: Vec<Vec<bool>> = document.pages.iter().map(|page| vec![false; page.text.len()]).collect();
    for (place, chunk) in chunks.iter().enumerate() {
        let page = &document.pages[chunk.page_index];
        assert_eq!(chunk.ordinal as usize, place);
        assert_eq!(chunk.page, page.number);
        assert_eq!(chunk.text, page.text[chunk.range.clone()], "not a slice");
        assert_eq!(chunk.heading.as_deref(), page.heading_at(chunk.range.start));
        assert!(!chunk.text.trim().is_empty(), "only white space");
        assert!(
            starts(&chunk.text).len() <= tokens || chunk.text.chars().count() == 1,
            "{} over {tokens}: {:?}",
            starts(&chunk.text).len(),
            chunk.text
        );
        covered[chunk.page_index][chunk.range.clone()].fill(true);
    }
    for (page, covered) in document.pages.iter().zip(&covered) {
        let missed: Vec<(usize, char)> =
            page.text.char_indices().filter(|(at, c)| !c.is_whitespace() && !covered[*at]).collect();
        assert!(missed.is_empty(), "not covered: {missed:?} of {:?}", page.text);
    }
}

#[test]
fn chunks_are_slices_that_cover_each_page() {
    let with_special = |text: &str| [0, 0].into_iter().chain((0..text.len()).step_by(3)).collect();
    // Like WordPiece: a word that is too long is one token, blanks are none.
    let unknown = |text: &str| {
        let word = |at: usize| {
            let length = text[at..].find(char::is_whitespace).unwrap_or(text.len() - at);
            (at..at + length).step_by(if length > 100 { length } else { 4 })
        };
        words(text).into_iter().flat_map(word).collect()
    };
    // Token boundaries that depend on the surroundings of a slice.
    let context_dependent = |text: &str| (0..text.len()).step_by(2 + text.len() % 3).collect();
    let tokenizers: [(&str, TokenStarts<'_>); 5] = [
        ("chars", &chars),
        ("words", &words),
        ("special", &with_special),
        ("unknown", &unknown),
        ("context dependent", &context_dependent),
    ];
    let mut random = Random(20);
    for case in 0..240 {
        let texts: Vec<String> = (0..1 + random.below(3))
            .map(|_| {
                let pieces = random.below(120);
                random.text(pieces)
            })
            .collect();
        let format = if case % 2 == 0 { "Markdown" } else { "plain text" };
        let document = document(format, &texts);
        let (name, starts) = tokenizers[case % tokenizers.len()];
        let tokens = 3 + random.below(40);
        let size = ChunkSize { tokens, overlap: random.below(tokens) };
        let chunks = all(&document, starts, size).unwrap_or_else(|error| panic!("case {case}, {name}: {error}"));
        check_invariants(&document, &chunks, starts, tokens);
    }
}

#[test]
fn chunks_of_a_page_in_several_parts_cover_it() {
    let mut random = Random(7);
    let mut text = String::new();
    while text.len() < 3 * MOST_PART_BYTES {
        text.push_str(&random.text(200));
    }
    for format in ["Markdown", "plain text"] {
        let document = document(format, std::slice::from_ref(&text));
        let chunks = all(&document, &chars, ChunkSize { tokens: 400, overlap: 40 }).unwrap();
        check_invariants(&document, &chunks, &chars, 400);
    }
}

#[test]
fn text_without_structure_is_cut_in_reasonable_time() {
    let chinese_every_hundredth: String = (0..60_000).map(|place| if place % 100 == 99 { '灯' } else { 'a' }).collect();
    for (name, text) in [
        ("one line", chinese_every_hundredth),
        ("one letter", "x".repeat(60_000)),
        ("blanks inside", format!("a{}b", " ".repeat(60_000))),
        ("Chinese without marks", "灯塔看守人".repeat(20_000)),
        ("combining marks", format!("e{}", "\u{301}".repeat(30_000))),
        ("lines", "word\n".repeat(60_000)),
    ] {
        for format in ["Markdown", "plain text"] {
            let document = document(format, std::slice::from_ref(&text));
            let seen = AtomicUsize::new(0);
            let fours = |text: &str| {
                seen.fetch_add(text.len(), Ordering::Relaxed);
                (0..text.len()).step_by(4).collect()
            };
            let begun = Instant::now();
            let chunks = all(&document, &fours, ChunkSize { tokens: 256, overlap: 32 }).unwrap();
            let taken = begun.elapsed();
            check_invariants(&document, &chunks, &fours, 256);
            // A second or so where the machine is idle; the rest is room for busy ones.
            assert!(taken < Duration::from_secs(15), "{name} as {format}: {taken:?}");
            let seen = seen.into_inner();
            assert!(seen < 40 * text.len(), "{name} as {format}: {seen} bytes sized for {}", text.len());
        }
    }
}

#[test]
fn no_more_is_cut_than_is_asked_for() {
    let seen = AtomicUsize::new(0);
    let counted_words = |text: &str| {
        seen.fetch_add(text.len(), Ordering::Relaxed);
        words(text)
    };
    for texts in
        [vec!["The lamp is lit at seven. ".repeat(40_000)], vec!["The lamp is lit at seven. ".repeat(40); 1_000]]
    {
        let document = document("plain text", &texts);
        let mut chunks = chunk(&document, &counted_words, ChunkSize { tokens: 256, overlap: 32 }).unwrap();
        assert_eq!(seen.load(Ordering::Relaxed), 0, "nothing is cut before the first chunk is taken");
        assert!(chunks.next().is_some());
        let for_one = seen.swap(0, Ordering::Relaxed);
        assert_eq!(chunks.last().map(|chunk| chunk.range.end), texts.last().map(|text| text.trim_end().len()));
        let for_the_rest = seen.swap(0, Ordering::Relaxed);
        assert!(for_one * 5 < for_the_rest, "{for_one} bytes sized for one chunk, {for_the_rest} for the others");
    }
}

#[test]
fn neighbours_share_the_requested_overlap() {
    let text = "one two three four five six seven eight nine ten. ".repeat(20);
    let document = document("plain text", &[text]);
    let chunks = all(&document, &words, ChunkSize { tokens: 12, overlap: 4 }).unwrap();
    assert!(chunks.windows(2).any(|pair| pair[1].range.start < pair[0].range.end), "no overlap at all");
    let without = all(&document, &words, ChunkSize { tokens: 12, overlap: 0 }).unwrap();
    assert!(
        without.windows(2).all(|pair| pair[1].range.start >= pair[0].range.end),
        "overlap although none was requested"
    );
}

#[test]
fn impossible_sizes_are_refused() {
    let document = document("plain text", &["some words".to_owned()]);
    for (tokens, overlap) in [(0, 0), (10, 10), (10, 11)] {
        let refused = all(&document, &chars, ChunkSize { tokens, overlap });
        assert_eq!(refused, Err(TextError::ChunkSize { tokens, overlap }));
    }
}

#[test]
fn a_chunk_never_spans_two_headings() {
    let section = |version: &str| {
        format!("## {version}\n\n{}\n\n", "The cache limit was raised and the memory need was cut. ".repeat(4))
    };
    let text = format!("# Notes\n\n{}{}", section("2.4"), section("3.2"));
    let starts = ["## 2.4", "## 3.2"].map(|heading| text.find(heading).unwrap());
    let mut document = document("Markdown", &[text]);
    document.pages[0].headings =
        vec![(0, "Notes".into()), (starts[0], "Notes > 2.4".into()), (starts[1], "Notes > 3.2".into())];
    let chunks = all(&document, &words, ChunkSize { tokens: 256, overlap: 32 }).unwrap();
    check_invariants(&document, &chunks, &words, 256);
    assert_eq!(chunks.len(), 2, "the title goes with its first section");
    assert!(chunks[0].text.contains("2.4") && !chunks[0].text.contains("3.2"));
    assert_eq!(chunks[1].heading.as_deref(), Some("Notes > 3.2"));
}
