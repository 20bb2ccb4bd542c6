use std::io::Cursor;

use tempfile::TempDir;

use super::GgufHeader;
use crate::AnswerError;
use crate::tiny::{CHAT_TEMPLATE, TinyModel};

#[test]
fn a_whole_header_is_read() {
    let header = scan(&TinyModel::default().bytes()).unwrap();
    assert_eq!(header.architecture, "llama");
    assert_eq!(header.name.as_deref(), Some("tiny writer"));
    assert_eq!(header.context_length, Some(8192));
    assert_eq!(header.chat_template.as_deref(), Some(CHAT_TEMPLATE));
    assert_eq!(header.why_not_a_writer(), None);
}

#[test]
fn the_chat_template_without_a_name_comes_before_the_default_one() {
    let check = |damage: fn(&mut Vec<u8>), expected: Option<&str>| {
        let mut bytes = TinyModel { chat_template: Some("{{ one }}"), ..TinyModel::default() }.bytes();
        damage(&mut bytes);
        assert_eq!(scan(&bytes).unwrap().chat_template.as_deref(), expected);
    };
    check(|_| {}, Some("{{ one }}"));
    check(|bytes| add_text(bytes, "tokenizer.chat_template.default", "{{ two }}"), Some("{{ one }}"));
    check(|bytes| replace(bytes, b"{{ one }}", b"         "), None);
    check(
        |bytes| {
            replace(bytes, b"{{ one }}", b"         ");
            add_text(bytes, "tokenizer.chat_template.default", "{{ two }}");
        },
        Some("{{ two }}"),
    );
    check(|bytes| add_text(bytes, "tokenizer.chat_template.tool_use", "{{ two }}"), Some("{{ one }}"));
}

#[test]
fn every_cut_is_noticed() {
    let bytes = TinyModel::default().bytes();
    let cuts = (0..2000).chain((2000..bytes.len()).step_by(1009)).chain([bytes.len() - 1]);
    for cut in cuts {
        let problem = scan(&bytes[..cut]).expect_err(&format!("cut at {cut} of {}", bytes.len()));
        assert!(problem.contains("cut short") || problem.contains("no GGUF"), "cut at {cut}: {problem}");
    }
}

#[test]
fn damage_is_named() {
    check(|bytes| bytes[0] = b'g', "does not begin with GGUF");
    check(|bytes| bytes[4] = 9, "version 9");
    check(|bytes| bytes[4..8].copy_from_slice(&3u32.to_be_bytes()), "big-endian");
    check(|bytes| bytes[15] = 0x7f, "tensors");
    check(|bytes| bytes[23] = 0x7f, "key-value pairs");
    check(|bytes| bytes[8..16].copy_from_slice(&0u64.to_le_bytes()), "no weights");
    // The length of the first key, then of a value.
    check(|bytes| bytes[31] = 0xff, "a key");
    check(|bytes| replace(bytes, b"general.name", b"general.type"), "");
    check(|bytes| after(bytes, b"llama.block_count", 4, &9999u32.to_le_bytes()), "block_count is 9999");
    check(|bytes| after(bytes, b"llama.context_length", 0, &77u32.to_le_bytes()), "unknown type 77");
    check(|bytes| after(bytes, b"tokenizer.ggml.scores", 8, &u64::MAX.to_le_bytes()), "scores");
    check(|bytes| after(bytes, b"tokenizer.ggml.tokens", 8, &(1u64 << 40).to_le_bytes()), "cut short or damaged");
    check(|bytes| after(bytes, b"blk.0.attn_q.weight", 0, &5u32.to_le_bytes()), "5 dimensions");
    check(|bytes| after(bytes, b"blk.0.attn_q.weight", 4, &u64::MAX.to_le_bytes()), "impossible shape");
    check(|bytes| after(bytes, b"blk.0.attn_q.weight", 20, &5u32.to_le_bytes()), "weight type 5");
    check(|bytes| after(bytes, b"blk.0.attn_q.weight", 24, &u64::MAX.to_le_bytes()), "do not begin where");
    check(|bytes| replace(bytes, b"<0x41>", b"<0x42>"), "twice");
    check(|bytes| replace(bytes, b"<0x41>", b"<s>\0\0\0"), "twice");
    check(|bytes| replace(bytes, b"blk.1.attn_q", b"blk.0.attn_q"), "same name");
}

#[test]
fn no_byte_of_the_header_can_break_the_scan() {
    let mut bytes = TinyModel::default().bytes();
    let end = find(&bytes, b"blk.1.ffn_norm.weight") + 60;
    for at in (0..end).step_by(13) {
        let kept = bytes[at];
        for other in [0, 0x7f, 0xff] {
            bytes[at] = other;
            // Either result is right; a panic, an endless loop or a huge allocation is not.
            let _ = scan(&bytes);
        }
        bytes[at] = kept;
    }
}

#[test]
fn models_that_do_not_write_are_refused() {
    unfit(TinyModel { architecture: "bert", ..TinyModel::default() }, "embedding");
    unfit(TinyModel { pooling: Some(3), ..TinyModel::default() }, "embedding");
    unfit(TinyModel { architecture: "t5", ..TinyModel::default() }, "encoder");
    unfit(TinyModel { vocabulary: false, ..TinyModel::default() }, "no vocabulary");
}

#[test]
fn absent_and_odd_files_have_errors_of_their_own() {
    let folder = TempDir::new().unwrap();
    let absent = GgufHeader::read(&folder.path().join("none.gguf"));
    assert!(matches!(absent, Err(AnswerError::MissingModel { .. })), "{absent:?}");
    let odd = GgufHeader::read(folder.path());
    assert!(matches!(odd, Err(AnswerError::BadModel { .. })), "{odd:?}");
}

fn check(damage: impl Fn(&mut Vec<u8>), expected: &str) {
    let mut bytes = TinyModel::default().bytes();
    damage(&mut bytes);
    match scan(&bytes) {
        Err(problem) => assert!(problem.contains(expected), "{problem:?} should say {expected:?}"),
        // The damage left a whole file.
        Ok(header) => {
            assert!(expected.is_empty() && header.why_not_a_writer().is_some(), "{expected:?} was not noticed")
        }
    }
}

fn unfit(model: TinyModel, expected: &str) {
    let header = scan(&model.bytes()).unwrap();
    assert!(header.why_not_a_writer().is_some_and(|why| why.contains(expected)), "{:?}", header.why_not_a_writer());
}

fn scan(bytes: &[u8]) -> Result<GgufHeader, String> {
    GgufHeader::scan(Cursor::new(bytes), bytes.len() as u64)
}

/// Overwrites bytes `skip` after a name.
fn after(bytes: &mut [u8], name: &[u8], skip: usize, value: &[u8]) {
    let at = find(bytes, name) + name.len() + skip;
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// Puts a text before the first key-value pair. The tensors stay where they are, because their offsets count from the
/// end of the header.
fn add_text(bytes: &mut Vec<u8>, key: &str, value: &str) {
    let pairs = u64::from_le_bytes(bytes[16..24].try_into().unwrap());
    bytes[16..24].copy_from_slice(&(pairs + 1).to_le_bytes());
    let length = |text: &str| (text.len() as u64).to_le_bytes();
    let pair = [&length(key)[..], key.as_bytes(), &8u32.to_le_bytes(), &length(value), value.as_bytes()].concat();
    bytes.splice(24..24, pair);
    // A longer header may need more bytes of alignment.
    bytes.extend([0; 32]);
}

fn replace(bytes: &mut [u8], name: &[u8], other: &[u8]) {
    let at = find(bytes, name);
    bytes[at..at + name.len()].copy_from_slice(other);
}

fn find(bytes: &[u8], name: &[u8]) -> usize {
    bytes.windows(name.len()).position(|window| window == name).unwrap()
}
