//! The languages of texts: of a document as a whole, and of a question or a passage.

mod letters;
mod mixed;

use assay_domain::{Language, Page};

use letters::Letters;
use mixed::frame;

/// Enough for a reliable result; detection time grows with the sample.
const SAMPLE_CHARS: usize = 20_000;

/// As [`SAMPLE_CHARS`] for a passage, which is detected for every question that finds it.
const PASSAGE_CHARS: usize = 1_200;

/// Returns the ISO 639-3 code (`eng`, `cmn`) if detection is reliable.
pub(crate) fn language_of(pages: &[Page]) -> Option<String> {
    let mut sample = String::new();
    let mut left = SAMPLE_CHARS;
    for page in pages.iter().filter(|page| !page.text.is_empty()) {
        let before = sample.len();
        sample.extend(page.text.chars().take(left));
        sample.push('\n');
        left = left.saturating_sub(sample.get(before..).map_or(0, |added| added.chars().count()));
        if left == 0 {
            break;
        }
    }
    let info = whatlang::detect(&sample)?;
    info.is_reliable().then(|| info.lang().code().to_owned())
}

/// The language of a question or a passage. Scripts tell most languages apart; where two scripts are mixed, the small
/// words that make a sentence decide ([`mixed`]). Texts in Latin letters count as English unless another language is
/// told reliably: names, codes and key words look alike in all of them. A text without letters has no language.
pub fn tell_language(text: &str) -> Language {
    let sample: String = text.chars().take(PASSAGE_CHARS).collect();
    let letters = Letters::count(&sample);
    let (script, count) = letters.most();
    if count == 0 {
        return Language::NONE;
    }
    if letters.han > 0 && letters.latin > 0 && letters.han + letters.kana + letters.latin == letters.all() {
        return match frame(&sample, &letters) {
            Language::CHINESE => chinese_or_japanese(&sample, &letters),
            other => other,
        };
    }
    match script {
        letters::Script::EastAsian => chinese_or_japanese(&sample, &letters),
        letters::Script::Latin => latin(&sample),
        letters::Script::Hangul => known("kor"),
        letters::Script::Other => detected(&sample, false).unwrap_or(Language::NONE),
    }
}

/// Whether two texts are mostly in the same script.
pub fn share_script(one: &str, other: &str) -> bool {
    let script = |text: &str| Letters::count(&text.chars().take(PASSAGE_CHARS).collect::<String>()).most().0;
    script(one) == script(other)
}

/// Kana make a text Japanese, except the の that Chinese names borrow.
fn chinese_or_japanese(text: &str, letters: &Letters) -> Language {
    let borrowed = letters.kana <= 2 && letters.han > 0 && mixed::has_chinese_words(text);
    let japanese = letters.kana * 8 >= letters.han + letters.kana && letters.kana > 0 && !borrowed;
    if japanese { known("jpn") } else { Language::CHINESE }
}

fn latin(text: &str) -> Language {
    match detected(text, true) {
        Some(other) if mixed::english_words(text) < 2 => other,
        _ => Language::ENGLISH,
    }
}

fn detected(text: &str, reliably: bool) -> Option<Language> {
    let info = whatlang::detect(text)?;
    Some(info).filter(|info| !reliably || info.is_reliable()).and_then(|info| Language::parse(info.lang().code()))
}

fn known(code: &str) -> Language {
    Language::parse(code).unwrap_or(Language::NONE)
}

#[cfg(test)]
mod tests {
    use super::{share_script, tell_language};

    #[test]
    fn a_word_of_another_script_does_not_change_the_script() {
        let badge = "The badge costs 30 crowns.";
        for (other, shared) in [
            ("What does 道 mean?", true),
            ("SKU-14082的库存是多少？", false),
            ("胸牌丢失赔偿三十元。", false),
            ("Сколько стоит пропуск?", false),
            ("Wie viel kostet das Schild?", true),
        ] {
            assert_eq!(share_script(badge, other), shared, "{other}");
        }
    }

    #[test]
    fn questions_and_passages_have_the_language_that_a_reader_would_name() {
        let rows = [
            ("How long does the dough rest?", "eng"),
            ("thumbnail cache limit Fathomlight 2.4", "eng"),
            ("AX-2000 manual", "eng"),
            ("锅炉的压力应该是多少？", "zho"),
            ("鍋爐的壓力應該是多少？", "zho"),
            ("松烟笔记3.2版单本笔记最多多少页？", "zho"),
            ("Fathomlight 2.4 的缩略图缓存上限是多少？", "zho"),
            ("iPhone 15 Pro Max 电池容量是多少", "zho"),
            ("如何安装 Visual Studio Code Remote SSH extension", "zho"),
            ("What does 道 mean in this book?", "eng"),
            ("What is the meaning of 道可道非常道 in the first chapter?", "eng"),
            ("优の良品的门店在哪里？", "zho"),
            ("東京の天気はどうですか", "jpn"),
            ("新製品の発売日はいつですか", "jpn"),
            ("カタカナ", "jpn"),
            ("보일러 압력은 얼마입니까?", "kor"),
            ("Каким должно быть давление в котле?", "rus"),
            ("ما هو ضغط الغلاية المناسب في فصل الشتاء؟", "ara"),
            ("Quelle doit être la pression de la chaudière pendant la saison de chauffage ?", "fra"),
            ("Wie hoch sollte der Druck im Heizkessel während der Heizperiode sein?", "deu"),
            ("3.2.1", "zxx"),
            ("2024-05-01 | 17.5 % | 300", "zxx"),
            ("", "zxx"),
            (
                "会议室预订规则：工作日 9:00-18:00 开放。联系人 Anna Schmidt, anna.schmidt@example.com，电话 +49 30 1234。",
                "zho",
            ),
            (
                "The choir rehearses on Tuesday evenings in the parish hall (教堂). Bring the scores for the second part.",
                "eng",
            ),
        ];
        for (text, language) in rows {
            assert_eq!(tell_language(text).as_str(), language, "{text}");
        }
    }
}
