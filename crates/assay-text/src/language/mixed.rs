//! Texts that mix Chinese and Latin letters: the language of the sentence is that of its small words.

use assay_domain::Language;

use super::letters::{LATIN_FOR_A_CHARACTER, Letters};

/// English words that carry no meaning of their own and that few other languages spell alike.
const ENGLISH: [&str; 40] = [
    "the", "of", "and", "to", "what", "which", "who", "whose", "when", "where", "why", "how", "does", "did", "do",
    "are", "were", "has", "have", "had", "that", "this", "these", "with", "from", "for", "by", "can", "should", "must",
    "would", "will", "much", "many", "there", "their", "its", "it", "be", "mean",
];

/// Chinese characters that make a sentence or a question, simplified and traditional.
const CHINESE: &str =
    "的了吗嗎呢吧是在有和与與或及这這那哪什么麼谁誰怎如何几幾多少为為请請把被从從对對要能可会會不应應该該最";

/// The language in which a text of Han and Latin letters is framed: `ENGLISH` or `CHINESE`.
pub fn frame(text: &str, letters: &Letters) -> Language {
    let (english, chinese) = (english_words(text), chinese_words(text));
    let mostly_han = (letters.han + letters.kana) * LATIN_FOR_A_CHARACTER >= letters.latin;
    let is_chinese = match (english, chinese) {
        (0, 0) => mostly_han && letters.han > 1,
        (0, _) => true,
        (_, 0) => mostly_han && english < 2,
        _ if english * 2 <= chinese => true,
        _ if chinese * 2 <= english => false,
        _ => mostly_han,
    };
    if is_chinese { Language::CHINESE } else { Language::ENGLISH }
}

/// Small English words in a text.
pub fn english_words(text: &str) -> usize {
    let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| (2..7).contains(&word.len()));
    words.filter(|word| ENGLISH.iter().any(|small| word.eq_ignore_ascii_case(small))).count()
}

/// Whether a text has a character that makes a Chinese sentence.
pub fn has_chinese_words(text: &str) -> bool {
    chinese_words(text) > 0
}

fn chinese_words(text: &str) -> usize {
    text.chars().filter(|c| CHINESE.contains(*c)).count()
}
