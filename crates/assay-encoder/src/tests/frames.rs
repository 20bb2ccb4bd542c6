//! Frames of special tokens, and truncation.

use super::copy_of;
use crate::tokens::Tokens;

fn tokens(family: &str, types: usize) -> Tokens {
    Tokens::open(&copy_of(family).path().join("tokenizer.json"), types).unwrap()
}

/// Frames a question of `question` tokens and a passage of `passage` tokens and compares how many
/// of each are left.
fn check(family: &str, (question, passage): (usize, usize), longest: usize, left: (usize, usize)) {
    let tokens = tokens(family, if family == "bert-tiny" { 2 } else { 1 });
    let (first, second) = (vec![7; question], vec![9; passage]);
    let pair = tokens.pair(&first, &second, longest);
    let count = |id: u32| pair.sequence.ids.iter().filter(|found| **found == id).count();
    assert_eq!((count(7), count(9)), left, "{family}: {question} + {passage} in {longest}");
    assert_eq!((pair.tokens_read, pair.tokens_total), (left.1, passage));
    assert!(pair.sequence.ids.len() <= longest);
    assert_eq!(pair.sequence.ids.len(), pair.sequence.types.len());
}

#[test]
fn the_passage_is_truncated_and_the_question_is_kept() {
    check("bert-tiny", (4, 6), 512, (4, 6));
    check("bert-tiny", (4, 600), 512, (4, 505));
    check("bert-tiny", (0, 600), 512, (0, 509));
    check("bert-tiny", (4, 0), 512, (4, 0));
    check("bert-tiny", (300, 600), 512, (300, 209));
    // A question longer than three quarters is truncated there.
    check("bert-tiny", (384, 600), 512, (384, 125));
    check("bert-tiny", (500, 600), 512, (384, 125));
    check("xlm-roberta-tiny", (500, 600), 512, (384, 124));
    check("xlm-roberta-tiny", (4, 600), 512, (4, 504));
    // Lengths without space for the passage.
    check("bert-tiny", (9, 9), 4, (1, 0));
    check("bert-tiny", (9, 9), 3, (0, 0));
}

#[test]
fn frames_come_from_the_tokenizer() {
    let bert = tokens("bert-tiny", 2).pair(&[7, 8], &[9], 512).sequence;
    assert_eq!(bert.ids, [101, 7, 8, 102, 9, 102]);
    assert_eq!(bert.types, [0, 0, 0, 0, 1, 1]);
    let roberta = tokens("xlm-roberta-tiny", 1).pair(&[7, 8], &[9], 512).sequence;
    assert_eq!(roberta.ids, [0, 7, 8, 2, 2, 9, 2]);
    assert_eq!(roberta.types, [0; 7]);
    let single = tokens("bert-tiny", 2);
    assert_eq!(single.single(&[7, 8, 9], 4).ids, [101, 7, 8, 102]);
    assert_eq!(single.single(&[], 4).ids, [101, 102]);
    assert_eq!((single.single_frame(), single.pair_frame()), (2, 3));
}

#[test]
fn padding_and_truncation_of_the_file_are_ignored() {
    let tokens = tokens("bert-tiny", 2);
    assert_eq!(tokens.truncation(), Some(40));
    assert_eq!(tokens.ids("w200 w201").unwrap(), [200, 201]);
    assert_eq!(tokens.ids(&super::words(0, 90)).unwrap().len(), 90);
    assert_eq!(tokens.ids("").unwrap(), [0u32; 0]);
}
