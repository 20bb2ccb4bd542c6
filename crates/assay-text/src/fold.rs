//! Folds a text to what the lexical retriever compares: the same word in another script, width, case or with
//! other accents folds to the same characters. What is shown stays as it was written.
//!
//! In this order: compatibility composition (NFKC, Unicode Standard Annex 15: full width, ligatures, superscripts),
//! lower case, accents off, and traditional Chinese to simplified by OpenCC's tables of phrases and characters.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use unicode_normalization::UnicodeNormalization;

use crate::normalize::is_han_or_kana;

/// Returns the folded text.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let plain: String = text.nfkc().flat_map(char::to_lowercase).nfd().filter(|c| !is_accent(*c)).nfc().collect();
    simplified(&plain)
}

/// OpenCC's tables; see `fold/README.md`.
const TABLES: [&str; 2] = [include_str!("fold/TSPhrases.txt"), include_str!("fold/TSCharacters.txt")];

/// What finds traditional characters and phrases, and the simplified ones in the order of its patterns.
struct Conversion {
    finder: AhoCorasick,
    simplified: Vec<&'static str>,
}

impl Conversion {
    /// `None` if the tables make no automaton, which is a fault of the build and costs the conversion alone.
    fn new() -> Option<Self> {
        let rows = TABLES.iter().flat_map(|table| table.lines()).filter(|line| !line.starts_with('#'));
        let rows = rows.filter_map(|line| line.split_once('\t'));
        let (traditional, simplified): (Vec<&str>, Vec<&str>) =
            rows.map(|(from, to)| (from, to.split(' ').next().unwrap_or(from))).unzip();
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(traditional).ok()?;
        Some(Self { finder, simplified })
    }
}

/// Returns a text with traditional Chinese characters and phrases as simplified ones: at each place the longest of
/// OpenCC's phrases, else its character. Text without Chinese characters comes back as it is.
pub fn simplified(text: &str) -> String {
    static CONVERSION: OnceLock<Option<Conversion>> = OnceLock::new();
    if !text.contains(is_han_or_kana) {
        return text.to_owned();
    }
    let conversion = CONVERSION.get_or_init(Conversion::new).as_ref();
    conversion.map_or_else(|| text.to_owned(), |with| with.finder.replace_all(text, &with.simplified))
}

/// Whether a character is a combining accent of Latin, Greek or Cyrillic. Marks of other scripts, such as vowel
/// signs, tell words apart.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}

#[cfg(test)]
mod tests {
    use super::{fold, simplified};

    #[test]
    fn one_word_folds_the_same_however_it_is_written() {
        for (written, folded) in [
            ("Mühlegg", "muhlegg"),
            ("Mu\u{308}hlegg", "muhlegg"),
            ("NU\u{301}N\u{303}EZ", "nunez"),
            ("ＫＸ－３００", "kx-300"),
            ("ﬁle №5 m²", "file no5 m2"),
            ("ЁЛКА", "елка"),
            ("Ἀθήνα", "αθηνα"),
            ("員工宿舍的門禁卡", "员工宿舍的门禁卡"),
            ("號牌交門衛", "号牌交门卫"),
            ("頭髮與發展", "头发与发展"),
            ("乾燥與乾坤", "干燥与乾坤"),
            ("がぎぐ", "がぎぐ"),
            ("한국어", "한국어"),
            ("की", "की"),
        ] {
            assert_eq!(fold(written), folded, "{written}");
            assert_eq!(fold(folded), folded, "{written} twice");
        }
    }

    #[test]
    fn only_chinese_is_simplified() {
        for (text, expected) in [("Café Ｘ", "Café Ｘ"), ("會議室 Room", "会议室 Room")] {
            assert_eq!(simplified(text), expected);
        }
    }
}
