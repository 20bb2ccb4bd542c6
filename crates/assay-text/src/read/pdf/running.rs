//! Removes running headers and footers from all pages but the first, because in every chunk they would
//! hide the page's own text.
//!
//! A line is a header or footer if it repeats at one position and all lines between it and the edge of the page
//! are headers or footers too. Amounts are not page numbers, and a line on the baseline of a line that does not
//! repeat is the label of that line.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::Line;

/// Number of lines at each end of a page that may be headers or footers.
const DEEP: usize = 3;
/// Number of pages on which a line must repeat.
const LEAST_PAGES: usize = 4;
/// Maximum difference of its position between pages, in font sizes.
const DRIFT: f64 = 1.0;
/// Maximum difference of two segments on one baseline, in font sizes.
const LEVEL: f64 = 0.5;
/// Maximum length of a header or footer in characters.
const LONGEST: usize = 120;
/// Maximum length of a page number in digits.
const MOST_DIGITS: usize = 5;
/// Words that accompany a page number.
const PAGE_WORDS: [&str; 12] = ["page", "p", "of", "seite", "von", "de", "第", "页", "頁", "共", "ページ", "쪽"];

/// The position of a line: its page, baseline and font size, and its page number minus the index of its page.
#[derive(Clone, Copy)]
struct Place {
    page: usize,
    across: f64,
    size: f64,
    ahead: i64,
}

/// Removes repeated lines from all pages but the first that has them. A page is never emptied.
pub(super) fn keep_once<'a>(pages: impl Iterator<Item = &'a mut Vec<Line>>) {
    let mut pages: Vec<&mut Vec<Line>> = pages.collect();
    let mut seen: BTreeMap<String, Vec<Place>> = BTreeMap::new();
    for (page, lines) in pages.iter().enumerate() {
        for line in ends(lines).into_iter().flatten().flatten().filter_map(|at| lines.get(at)) {
            if line.text.chars().count() <= LONGEST && !line.text.split_whitespace().any(is_amount) {
                let (pattern, number) = pattern(&line.text);
                let ahead = number.map_or(0, |number| number - page as i64);
                let place = Place { page, across: line.across, size: line.size, ahead };
                seen.entry(pattern).or_default().push(place);
            }
        }
    }
    let running: BTreeMap<String, Vec<Place>> = seen
        .into_iter()
        .map(|(pattern, places)| (pattern, repeated(&places)))
        .filter(|(_, firsts)| !firsts.is_empty())
        .collect();
    if running.is_empty() {
        return;
    }
    for (page, lines) in pages.iter_mut().enumerate() {
        let is_running = |line: &Line| {
            let (pattern, number) = pattern(&line.text);
            let ahead = number.map_or(0, |number| number - page as i64);
            running.get(&pattern).is_some_and(|firsts| {
                firsts.iter().any(|first| {
                    page >= first.page
                        && ahead == first.ahead
                        && (line.across - first.across).abs() <= DRIFT * line.size
                })
            })
        };
        let is_first = |line: &Line| {
            running.get(&pattern(&line.text).0).is_some_and(|firsts| firsts.iter().any(|first| first.page == page))
        };
        let mut drop: BTreeSet<usize> = BTreeSet::new();
        for end in ends(lines) {
            // Lines on one baseline are removed together, and a line that is kept protects all further in.
            for level in end {
                if !level.iter().filter_map(|at| lines.get(*at)).all(is_running) {
                    break;
                }
                drop.extend(level.into_iter().filter(|at| lines.get(*at).is_some_and(|line| !is_first(line))));
            }
        }
        if drop.len() < lines.len() {
            let mut at = 0;
            lines.retain(|_| {
                at += 1;
                !drop.contains(&(at - 1))
            });
        }
    }
}

/// Returns the indices of the outermost lines at each end of a page, from the edge inwards, grouped by baseline.
fn ends(lines: &[Line]) -> [Vec<Vec<usize>>; 2] {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by(|a, b| {
        let across = |at: &usize| lines.get(*at).map_or(0.0, |line| line.across);
        across(a).total_cmp(&across(b))
    });
    let mut levels: Vec<Vec<usize>> = Vec::new();
    for at in order {
        let Some(line) = lines.get(at) else { continue };
        let last = levels.last().and_then(|level| lines.get(*level.first()?));
        match levels.last_mut() {
            Some(level) if last.is_some_and(|last| (last.across - line.across).abs() <= LEVEL * line.size) => {
                level.push(at)
            }
            _ => levels.push(vec![at]),
        }
    }
    [levels.iter().take(DEEP).cloned().collect(), levels.iter().rev().take(DEEP).cloned().collect()]
}

/// Returns the first page of each position at which a line repeats on enough pages.
fn repeated(places: &[Place]) -> Vec<Place> {
    let mut firsts: Vec<Place> = Vec::new();
    for place in places {
        let is_alike =
            |other: &&Place| other.ahead == place.ahead && (other.across - place.across).abs() <= DRIFT * place.size;
        if firsts.iter().any(|first| is_alike(&first)) {
            continue;
        }
        let on: BTreeSet<usize> = places.iter().filter(is_alike).map(|other| other.page).collect();
        if on.len() >= LEAST_PAGES {
            firsts.push(*place);
        }
    }
    firsts
}

/// Whether a word is a number with decimals or thousands, such as `3,420.00`, rather than a date.
fn is_amount(word: &str) -> bool {
    let number = word.trim_matches(|c: char| !c.is_ascii_digit());
    let groups: Vec<&str> = number.split(['.', ',', '\'']).collect();
    let is_date = groups.len() == 3 && number.matches('.').count() == 2;
    groups.len() > 1
        && !is_date
        && groups.iter().all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()))
}

/// Returns the text of a line; for a page number (`page 3 of 10`, `- 3 -`) without the numbers, and the first
/// of them.
fn pattern(text: &str) -> (String, Option<i64>) {
    let lower = text.to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).collect();
    // `12%` and `€5` are amounts too.
    let is_amount = text.split_whitespace().any(is_amount) || text.contains(['%', '€', '$', '£', '¥', '+', '°', ':']);
    let is_short = numbers.iter().all(|number| number.len() <= MOST_DIGITS) && matches!(numbers.len(), 1 | 2);
    if is_amount || !is_short || !words.all(|word| PAGE_WORDS.contains(&word)) {
        return (text.to_owned(), None);
    }
    let rest = text.chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace());
    (rest.collect(), numbers.first().and_then(|number| number.parse().ok()))
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
        // A title and the page's number on one baseline.
        check(&[&[HEAD, ("#", 800.0)], &BODY[..]].concat(), &body);
    }

    #[test]
    fn labels_and_amounts_are_kept() {
        check(
            &[
                ("Harbour Tools Ltd", 800.0),
                ("Payslip # of May", 770.0),
                ("Gross pay", 730.0),
                ("3,42#.00", 714.0),
                ("Net pay", 680.0),
                ("2,33#.70", 664.0),
            ],
            &["Payslip 3 of May", "Gross pay", "3,423.00", "Net pay", "2,333.70"],
        );
        // A label on the baseline of a value is kept, and so is a number that does not count pages.
        check(
            &[("Customer", 800.0), ("No. # of ours", 800.0), ("Text # here", 600.0), ("7", 40.0)],
            &["Customer", "No. 3 of ours", "Text 3 here", "7"],
        );
    }
}
