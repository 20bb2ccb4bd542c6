//! The language of a text, and what a model was measured to do on a pair of languages.

use std::fmt;

/// A language by its ISO 639-3 code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Language([u8; 3]);

impl Language {
    /// Chinese in any form and script.
    pub const CHINESE: Self = Self(*b"zho");
    /// English.
    pub const ENGLISH: Self = Self(*b"eng");
    /// No language: numbers, signs and codes, which are the same in all.
    pub const NONE: Self = Self(*b"zxx");

    /// The language of a code. Mandarin (`cmn`) counts as Chinese, as in the cards of models. `None` if it is no code of three letters.
    pub fn parse(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        let language = Self(letters.map(|letter| letter.to_ascii_lowercase()));
        let is_code = language.0.iter().all(u8::is_ascii_lowercase);
        is_code.then_some(if language.0 == *b"cmn" { Self::CHINESE } else { language })
    }

    /// Its ISO 639-3 code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("und")
    }

    /// Its name in English where Assay knows one, else its code.
    pub fn name(&self) -> &str {
        match &self.0 {
            b"zho" => "Chinese",
            b"eng" => "English",
            b"jpn" => "Japanese",
            b"kor" => "Korean",
            b"rus" => "Russian",
            b"ara" => "Arabic",
            b"fra" => "French",
            b"deu" => "German",
            b"spa" => "Spanish",
            b"zxx" => "no language",
            _ => self.as_str(),
        }
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The languages of a question and of a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LanguagePair {
    /// Of the question.
    pub question: Language,
    /// Of the passage.
    pub passage: Language,
}

impl LanguagePair {
    /// The pair of a question and a passage. A side without a language takes the other's: a product
    /// number asks alike in every language, and a table of numbers answers in every language.
    pub fn of(question: Language, passage: Language) -> Self {
        match (question == Language::NONE, passage == Language::NONE) {
            (true, false) => Self { question: passage, passage },
            (false, true) => Self { question, passage: question },
            _ => Self { question, passage },
        }
    }

    /// Whether both are in one language.
    pub fn is_one(&self) -> bool {
        self.question == self.passage
    }
}

/// What a model was measured to do on one pair of languages: MRR@10 over held-apart questions, and
/// the score that told right passages from wrong ones best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The languages.
    pub pair: LanguagePair,
    /// MRR@10 without the model: words alone for a bi-encoder, the order of retrieval for a cross-encoder.
    pub without: f32,
    /// MRR@10 with it: fused with its vectors, or in its order.
    pub with: f32,
    /// Passages below it are dropped: a cosine for a bi-encoder, a sigmoid for a cross-encoder.
    pub threshold: Option<f32>,
    /// Most by which the cosine of a passage in another language than the question may lie below that of the nearest passage
    /// in the question's own: bi-encoders place texts of one language closer together.
    pub gap: Option<f32>,
    /// Weight of a cross-encoder's ranks in a blend with those of retrieval, where the blend was measured
    /// better than the cross-encoder's own order.
    pub weight: Option<f32>,
}

impl Measured {
    /// How much the model adds.
    pub fn gain(&self) -> f32 {
        self.with - self.without
    }

    /// The place in a list of models' measurements of the one that adds the most on a pair; `None` if none
    /// was measured, or all make it worse.
    pub fn best<'m>(models: impl IntoIterator<Item = &'m [Self]>, pair: LanguagePair) -> Option<usize> {
        let gain = |measured| Self::find(measured, pair).map(Self::gain);
        let gains = models.into_iter().enumerate().filter_map(|(place, measured)| Some((place, gain(measured)?)));
        let best = gains.filter(|(_, gain)| *gain >= 0.0).max_by(|(_, a), (_, b)| a.total_cmp(b));
        best.map(|(place, _)| place)
    }

    /// The measurement for a pair, if there is one.
    pub fn find(all: &[Self], pair: LanguagePair) -> Option<&Self> {
        all.iter().find(|measured| measured.pair == pair)
    }
}

#[cfg(test)]
mod tests {
    use super::{Language, LanguagePair};

    #[test]
    fn codes_become_languages_and_mandarin_is_chinese() {
        for (code, language) in [
            ("zho", Some("zho")),
            ("cmn", Some("zho")),
            ("ENG", Some("eng")),
            ("en", None),
            ("e1g", None),
            ("中", None),
        ] {
            assert_eq!(Language::parse(code).as_ref().map(Language::as_str), language, "{code}");
        }
    }

    #[test]
    fn a_side_without_a_language_takes_the_other_ones() {
        let (zho, eng, none) = (Language::CHINESE, Language::ENGLISH, Language::NONE);
        for (question, passage, pair) in
            [(zho, eng, (zho, eng)), (none, zho, (zho, zho)), (eng, none, (eng, eng)), (none, none, (none, none))]
        {
            let found = LanguagePair::of(question, passage);
            assert_eq!((found.question, found.passage), pair);
        }
    }
}
