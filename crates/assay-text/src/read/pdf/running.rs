//! Removes running headers and footers from all pages but the first, because in every chunk they would
//! hide the page's own text.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::Line;

/// Number of lines at each end of a page that may be headers or footers.
const DEEP: usize = 3;
/// Number of pages on which a line must repeat.
const LEAST_PAGES: usize = 4;
/// Maximum difference of its position between pages, in font sizes.
const DRIFT: f64 = 1.0;
/// Maximum length of a header or footer in characters.
const LONGEST: usize = 120;
/// Words that accompany a page number.
const PAGE_WORDS: [&str; 12] = ["page", "p", "of", "seite", "von", "de", "第", "页", "頁", "共", "ページ", "쪽"];

/// Removes repeated lines from all pages but the first that has them. A page is never emptied.
pub(super) fn keep_once<'a>(pages: impl Iterator<Item = &'a mut Vec<Line>>) {
    let mut pages: Vec<&mut Vec<Line>> = pages.collect();
    let mut seen: BTreeMap<String, Vec<(usize, f64, f64)>> = BTreeMap::new();
    for (page, lines) in pages.iter().enumerate() {
        for at in margins(lines) {
            if let Some(line) = lines.get(at).filter(|line| line.text.chars().count() <= LONGEST) {
                seen.entry(pattern(&line.text)).or_default().push((page, line.across, line.size));
            }
        }
    }
    let running: BTreeMap<String, (usize, f64)> =
        seen.into_iter().filter_map(|(pattern, places)| Some((pattern, repeated(&places)?))).collect();
    if running.is_empty() {
        return;
    }
    for (page, lines) in pages.iter_mut().enumerate() {
        let margins: BTreeSet<usize> = margins(lines).collect();
        let is_running = |(at, line): (usize, &Line)| {
            let known = running.get(&pattern(&line.text)).filter(|_| margins.contains(&at));
            known.is_some_and(|(first, across)| page > *first && (line.across - across).abs() <= DRIFT * line.size)
        };
        let drop: Vec<bool> = lines.iter().enumerate().map(is_running).collect();
        if drop.contains(&false) {
            let mut drop = drop.into_iter();
            lines.retain(|_| !drop.next().unwrap_or(false));
        }
    }
}

/// Returns the indices of the outermost lines by position.
fn margins(lines: &[Line]) -> impl Iterator<Item = usize> + use<> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by(|a, b| {
        let across = |at: &usize| lines.get(*at).map_or(0.0, |line| line.across);
        across(a).total_cmp(&across(b))
    });
    let (low, high) = (order.iter().take(DEEP), order.iter().rev().take(DEEP));
    let found: BTreeSet<usize> = low.chain(high).copied().collect();
    found.into_iter()
}

/// Returns the first page and the position of a line that repeats at one position on enough pages.
fn repeated(places: &[(usize, f64, f64)]) -> Option<(usize, f64)> {
    places.iter().find_map(|&(_, across, size)| {
        let alike = places.iter().filter(|(_, other, _)| (other - across).abs() <= DRIFT * size);
        let on: BTreeSet<usize> = alike.map(|(page, ..)| *page).collect();
        on.first().filter(|_| on.len() >= LEAST_PAGES).map(|first| (*first, across))
    })
}

/// Returns the text of a line; for a page number (`page 3 of 10`, `- 3 -`) without the number.
fn pattern(text: &str) -> String {
    let (numbers, rest): (Vec<char>, Vec<char>) = text.chars().partition(char::is_ascii_digit);
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    if numbers.is_empty() || !words.all(|word| PAGE_WORDS.contains(&word)) {
        return text.to_owned();
    }
    rest.into_iter().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Line, keep_once};

    fn page(lines: &[(&str, f64)]) -> Vec<Line> {
        let line = |&(text, across): &(&str, f64)| Line { text: text.into(), ..Line::at(50.0, across, 10.0) };
        lines.iter().map(line).collect()
    }

    /// Makes five pages with these lines (`#` is the page's number) and checks what the third one keeps.
    fn check(lines: &[(&str, f64)], expected: &[&str]) {
        let numbered = |number: usize| {
            let texts: Vec<String> = lines.iter().map(|(text, _)| text.replace('#', &number.to_string())).collect();
            page(&texts.iter().zip(lines).map(|(text, (_, across))| (text.as_str(), *across)).collect::<Vec<_>>())
        };
        let mut pages: Vec<Vec<Line>> = (1..=5).map(numbered).collect();
        let whole = pages[0].len();
        keep_once(pages.iter_mut());
        let kept: Vec<&str> = pages[2].iter().map(|line| line.text.as_str()).collect();
        assert_eq!(kept, expected);
        assert_eq!(pages[0].len(), whole, "the first page keeps its lines");
    }

    #[test]
    fn headers_and_footers_are_kept_once() {
        const HEAD: (&str, f64) = ("The Keeper's Handbook", 800.0);
        const BODY: [(&str, f64); 4] =
            [("Of lamp #", 600.0), ("Of oil #", 580.0), ("Of wick #", 560.0), ("More #", 540.0)];
        let body = ["Of lamp 3", "Of oil 3", "Of wick 3", "More 3"];
        check(&[&[HEAD], &BODY[..], &[("page # of 5", 40.0)]].concat(), &body);
        check(&[&[HEAD], &BODY[..], &[("- # -", 40.0)]].concat(), &body);
        // A number among words tells pages apart.
        check(
            &[&[("Ledger of the harbour, sheet #", 800.0)], &BODY[..]].concat(),
            &[&["Ledger of the harbour, sheet 3"], &body[..]].concat(),
        );
        let long = "A paragraph that is said again and again ".repeat(4);
        check(&[(&long, 800.0), BODY[0]], &[&long, "Of lamp 3"]);
        // A page is never emptied.
        check(&[HEAD], &["The Keeper's Handbook"]);
    }
}
