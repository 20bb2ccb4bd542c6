//! Terms of a text, and how many of a question's terms other texts share.

use std::collections::HashMap;

/// The terms of a text, in order: words in lower case without a plural `s`, and overlapping pairs of characters in scripts
/// without spaces. A single such character is a term of its own.
pub(crate) fn terms(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut run = String::new();
    let mut run_is_dense = false;
    for c in text.chars().chain(std::iter::once(' ')) {
        let dense = is_dense(c);
        if !run.is_empty() && (!c.is_alphanumeric() || dense != run_is_dense) {
            close(&mut run, run_is_dense, &mut found);
        }
        if c.is_alphanumeric() {
            run.extend(c.to_lowercase());
            run_is_dense = dense;
        }
    }
    found
}

/// Whether a character belongs to a script without spaces between words: Chinese and Japanese, and also Korean, whose
/// particles are written onto the word.
pub(crate) fn is_dense(c: char) -> bool {
    matches!(c,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

/// Width of a text in columns: a dense character takes two.
pub(crate) fn width(text: &str) -> usize {
    text.chars().map(|c| if is_dense(c) { 2 } else { 1 }).sum()
}

/// The share of the question's terms that each text contains, 0 to 1. The weight of a term is its inverse document
/// frequency in these texts, so `the` and `of` count little.
pub(crate) fn overlaps(question: &str, texts: &[&str]) -> Vec<f32> {
    let rows: Vec<Vec<String>> = texts.iter().map(|text| distinct(text)).collect();
    let mut frequencies: HashMap<&str, usize> = HashMap::new();
    for term in rows.iter().flatten() {
        *frequencies.entry(term).or_default() += 1;
    }
    let weight = |term: &str| {
        let frequency = frequencies.get(term).copied().unwrap_or(0);
        (1.0 + texts.len() as f32 / (1.0 + frequency as f32)).ln()
    };
    let asked = distinct(question);
    let total: f32 = asked.iter().map(|term| weight(term)).sum();
    rows.iter()
        .map(|row| {
            let shared: f32 =
                asked.iter().filter(|term| row.binary_search(term).is_ok()).map(|term| weight(term)).sum();
            if total > 0.0 { shared / total } else { 0.0 }
        })
        .collect()
}

/// The terms of a text without repetition, sorted.
pub(crate) fn distinct(text: &str) -> Vec<String> {
    let mut all = terms(text);
    all.sort_unstable();
    all.dedup();
    all
}

fn close(run: &mut String, dense: bool, found: &mut Vec<String>) {
    let word = std::mem::take(run);
    if !dense {
        let singular = word.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with('s'));
        found.push(singular.map(str::to_owned).unwrap_or(word));
        return;
    }
    let letters: Vec<char> = word.chars().collect();
    if letters.len() == 1 {
        found.push(word);
        return;
    }
    found.extend(letters.windows(2).map(|pair| pair.iter().collect::<String>()));
}

#[cfg(test)]
mod tests {
    use super::{overlaps, terms};

    #[test]
    fn words_lose_their_plural_and_dense_scripts_become_pairs() {
        let check = |text: &str, expected: &[&str]| assert_eq!(terms(text), expected, "terms of {text:?}");
        check("The Pumps, v3.2!", &["the", "pump", "v3", "2"]);
        check("class glass", &["class", "glass"]);
        check("水泵压力", &["水泵", "泵压", "压力"]);
        check("用PDF文件", &["用", "pdf", "文件"]);
        check("", &[]);
    }

    #[test]
    fn rare_terms_weigh_more() {
        let texts = ["the pump is on the roof", "the roof is red", "the dog is on the sofa"];
        let scores = overlaps("where is the pump", &texts);
        assert!(scores[0] > scores[1] && scores[0] > scores[2], "{scores:?}");
        assert!((scores[1] - scores[2]).abs() < 1e-6, "{scores:?}");
    }
}
