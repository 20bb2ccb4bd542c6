//! Titles in type of the same size as the text: numbered parts and chapters, and lines in capitals.

/// Maximum length of a title, in characters.
const LONGEST: usize = 100;
/// A line in capitals has at least so many letters and words; a shorter one is often a label.
const LEAST_CAPITALS: usize = 12;
const LEAST_WORDS: usize = 2;
/// Ranks: the size of type that a title stands for, as a share of the body's.
const PART: f64 = 1.14;
const CHAPTER: f64 = 1.09;
const CAPITALS: f64 = 1.03;
/// Words before the number of a chapter.
const NUMBERED: [&str; 9] =
    ["item", "note", "chapter", "section", "appendix", "annex", "schedule", "article", "exhibit"];

/// The size of type that a line stands for by its words, as a share of the body's; `None` if it is no title. The line
/// has to stand by itself.
pub(super) fn rank(line: &str) -> Option<f64> {
    let text = line.trim();
    // A line of a list of contents ends with a page.
    let ends = text.chars().next_back()?;
    if text.chars().count() > LONGEST || matches!(ends, ',' | ';' | '，' | '；' | '。') {
        return None;
    }
    if let Some(rank) = in_chinese(text) {
        return (!ends.is_ascii_digit()).then_some(rank);
    }
    let mut words = text.split_whitespace();
    let (first, number) = (words.next()?.to_lowercase(), words.next());
    let number = number.map(|number| number.trim_end_matches(['.', ':', '–', '—', '-']));
    let is_contents = words.next().is_some() && ends.is_ascii_digit();
    match number {
        Some(number) if first == "part" && is_roman_or_number(number) && !is_contents => Some(PART),
        Some(number) if NUMBERED.contains(&first.as_str()) && is_numbered(number) && !is_contents => Some(CHAPTER),
        _ => is_in_capitals(text).then_some(CAPITALS),
    }
}

/// `第三章 …`, `第二部分 …`.
fn in_chinese(text: &str) -> Option<f64> {
    let rest = text.strip_prefix('第')?;
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十百零〇两".contains(c));
    if after.len() == rest.len() {
        return None;
    }
    let starts = |marks: &[&str]| marks.iter().any(|mark| after.starts_with(mark));
    let rank = if starts(&["部分", "编", "編", "篇"]) {
        PART
    } else if starts(&["章", "节", "節"]) {
        CHAPTER
    } else {
        return None;
    };
    Some(rank)
}

fn is_roman_or_number(number: &str) -> bool {
    let all = |fits: fn(char) -> bool| !number.is_empty() && number.chars().all(fits);
    all(|c| matches!(c, 'I' | 'V' | 'X' | 'i' | 'v' | 'x')) || all(|c| c.is_ascii_digit())
}

/// `7`, `7A`, `3.2`, `A`.
fn is_numbered(number: &str) -> bool {
    let digits = number.trim_end_matches(|c: char| c.is_ascii_uppercase());
    let is_digits = digits.chars().all(|c| c.is_ascii_digit() || c == '.') && digits.len() <= 6;
    is_digits && (digits.starts_with(|c: char| c.is_ascii_digit()) || number.len() == 1)
}

fn is_in_capitals(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = text.chars().filter(|c| c.is_uppercase()).count();
    let words = text.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1).count();
    letters == capitals
        && letters >= LEAST_CAPITALS
        && words >= LEAST_WORDS
        && !text.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{CAPITALS, CHAPTER, PART, rank};

    #[test]
    fn titles_are_told_from_labels_sentences_and_lists_of_contents() {
        for (line, wanted) in [
            ("PART II", Some(PART)),
            ("Part II. Other information", Some(PART)),
            ("Item 7A. Market Risk", Some(CHAPTER)),
            ("Note 12 – Leases", Some(CHAPTER)),
            ("Chapter 3", Some(CHAPTER)),
            ("Appendix B", Some(CHAPTER)),
            ("第三章 维护", Some(CHAPTER)),
            ("第二部分　财务报告", Some(PART)),
            ("CONSOLIDATED BALANCE SHEETS", Some(CAPITALS)),
            ("Item 7A. Market Risk 27", None),
            ("第三章 维护 ........ 12", None),
            ("第三条 双方同意。", None),
            ("Note that the pump is off", None),
            ("Part of it was sold", None),
            ("TOTAL", None),
            ("INVOICE NO. 2024-118", None),
            ("The pump delivers water.", None),
            ("维护", None),
            ("", None),
        ] {
            assert_eq!(rank(line), wanted, "{line}");
        }
    }
}
