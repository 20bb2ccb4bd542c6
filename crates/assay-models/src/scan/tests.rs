#![allow(clippy::print_stdout, reason = "a suite says how many cases it ran")]

use std::fs;
use std::path::Path;

use assay_answer::tiny::TinyModel;

use super::{file, safetensors};

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (((mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 20) % most as u64) as usize
    }
}

fn written(header: &str, weights: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(vec![0; weights]);
    bytes
}

fn whole() -> Vec<u8> {
    written(
        concat!(
            r#"{"__metadata__":{"format":"pt"},"#,
            r#""a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#,
            r#""b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]},"#,
            r#""empty":{"dtype":"I64","shape":[0],"data_offsets":[32,32]}}"#
        ),
        32,
    )
}

fn scan(bytes: &[u8]) -> Result<(), String> {
    safetensors::check(bytes, bytes.len() as u64)
}

/// Broken safetensors files, each with a part of the expected reason.
fn broken_safetensors() -> Vec<(Vec<u8>, &'static str)> {
    let text = String::from_utf8(whole()[8..whole().len() - 32].to_vec()).unwrap();
    let with = |old: &str, new: &str| {
        assert!(text.contains(old), "{old}");
        written(&text.replace(old, new), 32)
    };
    let mut cases = vec![
        (with("\"F32\"", "\"F33\""), "unknown type"),
        (with("\"F32\"", "\"F64\""), "needs 48 bytes"),
        (with("[2,3]", "[2,4]"), "needs 32 bytes"),
        (with("[2,3]", "[18446744073709551615,3]"), "impossible shape"),
        (with("[2,3]", "[4294967296,4294967296]"), "impossible shape"),
        (with("[2,3]", "[1,1,1,1,1,1,1,2,3]"), "9 dimensions"),
        (with("[2,3]", "[-2,3]"), "damaged"),
        (with("[2,3]", "\"2,3\""), "damaged"),
        (with("[0,24]", "[24,0]"), "as its place"),
        (with("[0,24]", "[8,32]"), ""),
        (with("[24,32]", "[20,28]"), "overlaps"),
        (with("[24,32]", "[28,36]"), "gap"),
        (with("[24,32]", "[18446744073709551608,18446744073709551615]"), ""),
        (with("\"b\"", "\"a\""), "called \"a\""),
        (with("{\"format\":\"pt\"}", "{\"format\":3}"), "metadata"),
        (with("{\"format\":\"pt\"}", "[]"), "metadata"),
        (with("\"shape\":[4],", ""), "damaged"),
        (with("\"shape\":[4],", "\"shape\":[4],\"more\":1,"), "damaged"),
        (with("}}", "}"), "header is damaged"),
        (written("[]", 0), "not JSON"),
        (written("{}", 0), "no weights"),
        (written("", 0), "not JSON"),
        (written(&text, 31), "cut short"),
        (written(&text, 40), "follow its last tensor"),
        (vec![], "only 0 bytes"),
        (vec![1, 2, 3], "only 3 bytes"),
        (u64::MAX.to_le_bytes().to_vec(), "claims"),
        (100_000_001u64.to_le_bytes().to_vec(), "claims"),
    ];
    let mut dice = Dice(3);
    // Cut anywhere: in the length, the header, the weights.
    cases.extend((0..22).map(|_| (whole()[..dice.below(whole().len())].to_vec(), "")));
    cases
}

/// Broken GGUF files: cut short, or with impossible counts and lengths.
fn broken_gguf() -> Vec<Vec<u8>> {
    let whole = TinyModel::default().bytes();
    let mut dice = Dice(4);
    let mut cases: Vec<Vec<u8>> = (0..25).map(|_| whole[..dice.below(whole.len())].to_vec()).collect();
    for (at, value) in
        [(0, 0x50), (4, 1), (4, 9), (7, 3), (15, 0x7f), (12, 0xff), (23, 0x7f), (20, 0xff), (31, 0xff), (28, 0x10)]
    {
        let mut bytes = whole.clone();
        bytes[at] = value;
        cases.push(bytes);
    }
    let at = |name: &[u8]| whole.windows(name.len()).position(|window| window == name).unwrap() + name.len();
    let tensor = at(b"blk.0.attn_q.weight");
    for (at, value) in [
        (at(b"llama.block_count") + 4, 9_999u64),
        (at(b"llama.context_length"), 77),
        (at(b"tokenizer.ggml.scores") + 8, u64::MAX),
        (at(b"tokenizer.ggml.tokens") + 8, 1 << 40),
        (at(b"tokenizer.ggml.tokens") + 4, 99),
        (tensor + 4, u64::MAX),
        (tensor + 4, 0),
        (tensor + 12, 1 << 62),
        (tensor + 24, u64::MAX),
        (tensor + 24, 32),
    ] {
        let mut bytes = whole.clone();
        bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
        cases.push(bytes);
    }
    for kind in [4u32, 5, 31, 77, u32::MAX] {
        let mut bytes = whole.clone();
        bytes[tensor + 20..tensor + 24].copy_from_slice(&kind.to_le_bytes());
        cases.push(bytes);
    }
    cases
}

#[test]
fn a_hundred_broken_model_files_are_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let (mut run, mut passed) = (0, 0);
    scan(&whole()).unwrap();
    for (bytes, named) in broken_safetensors() {
        run += 1;
        let reason = scan(&bytes).expect_err(&format!("case {run} was not noticed"));
        assert!(reason.contains(named), "{reason:?} should say {named:?}");
        passed += 1;
    }
    let path = folder.path().join("model.gguf");
    fs::write(&path, TinyModel::default().bytes()).unwrap();
    file(&path).unwrap();
    for bytes in broken_gguf() {
        run += 1;
        fs::write(&path, bytes).unwrap();
        let reason = file(&path).expect_err(&format!("case {run} was not noticed")).to_string();
        assert!(reason.contains("is not a model"), "{reason}");
        passed += 1;
    }
    assert!(run >= 100, "only {run} cases");
    println!("broken model files: cases run {run}, passed {passed}");
}

#[test]
fn no_byte_of_a_safetensors_header_can_break_the_scan() {
    let mut bytes = whole();
    let mut refused = 0;
    for at in 0..bytes.len() - 32 {
        let kept = bytes[at];
        for other in [0, b'"', b'9', 0x7f, 0xff] {
            bytes[at] = other;
            // Either answer is right; a panic, an endless loop or a huge allocation is not.
            refused += u32::from(scan(&bytes).is_err());
        }
        bytes[at] = kept;
    }
    assert!(refused > 500, "{refused}");
}

#[test]
fn pickles_are_refused_by_name_and_by_content() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = file(Path::new(&path)).unwrap_err().to_string();
        assert!(error.contains("can run code"), "{name}: {error}");
    };
    for end in ["bin", "pt", "pth", "ckpt", "pkl", "PT"] {
        check(&format!("pytorch_model.{end}"), b"anything");
    }
    check("model.safetensors", b"PK\x03\x04archive/data.pkl");
    check("model.gguf", b"\x80\x02}q\x00");
}
