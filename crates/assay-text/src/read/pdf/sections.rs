//! Sections over all pages: which headings a passage lies under.
//!
//! A section does not end with its page, so a page begins under the headings that the page before it ended with. The
//! outline of the file says how sections nest; without one, and within its sections, a heading in larger type is
//! further out.

use std::collections::HashMap;

use assay_domain::{HEADING_SEPARATOR, Page};

use super::lines::Heading;
use super::outline::{Bookmark, LONGEST};

/// Headings whose sizes differ by less than this share are of one rank.
const SAME_SIZE: f64 = 1.04;
/// So many other letters and digits may stand before a title in its line: a number, `Chapter`.
const BEFORE_TITLE: usize = 12;
/// Most bookmarks of one page that are looked for in its text.
const MOST_OF_A_PAGE: usize = 200;
/// A heading of fewer letters is a mark, or a number in large type.
const LEAST_LETTERS: usize = 3;
/// Lists of the contents, which say nothing of what follows them.
const CONTENTS: [&str; 5] = ["contents", "tableofcontents", "目录", "目次", "目錄"];

/// The headings under which the text at a place lies.
#[derive(Default)]
struct Path {
    /// From the outline.
    outline: Vec<String>,
    /// From the sizes of type, with the sizes.
    by_size: Vec<(String, f64)>,
}

impl Path {
    fn enter(&mut self, bookmark: &Bookmark) {
        self.outline.truncate(bookmark.level);
        self.outline.push(bookmark.title.clone());
        self.by_size.clear();
    }

    /// Enters the section of a heading in larger type. Returns its path.
    fn enter_by_size(&mut self, heading: &Heading) -> String {
        if !carries(&heading.text) {
            return self.with(Some(&heading.text));
        }
        while self.by_size.last().is_some_and(|(_, size)| *size <= heading.size * SAME_SIZE) {
            self.by_size.pop();
        }
        self.by_size.push((heading.text.clone(), heading.size));
        self.with(None)
    }

    fn with(&self, last: Option<&str>) -> String {
        let by_size = self.by_size.iter().map(|(text, _)| text.as_str());
        let mut path: Vec<&str> = self.outline.iter().map(String::as_str).chain(by_size).chain(last).collect();
        path.dedup_by_key(|text| squeezed(text));
        path.join(HEADING_SEPARATOR)
    }
}

/// Gives every page the paths of its headings, from the headings that its lines are and from the outline.
pub(super) fn nest(pages: &mut [(Page, Vec<Heading>)], outline: &[Bookmark]) {
    let mut path = Path::default();
    let mut of_page: HashMap<u32, Vec<&Bookmark>> = HashMap::new();
    for bookmark in outline {
        of_page.entry(bookmark.page).or_default().push(bookmark);
    }
    for (page, found) in pages {
        let mut bookmarks = of_page.remove(&page.number.unwrap_or_default()).unwrap_or_default();
        bookmarks.truncate(MOST_OF_A_PAGE);
        let places = places(&page.text, &bookmarks);
        let before = path.with(None);
        let mut marks: Vec<(usize, String)> = Vec::new();
        let mut found = found.iter().peekable();
        for (bookmark, at) in bookmarks.iter().zip(places) {
            while let Some(heading) = found.next_if(|heading| heading.at < at) {
                marks.push((heading.at, path.enter_by_size(heading)));
            }
            // The line of the title is in the outline already.
            found.next_if(|heading| heading.at == at);
            path.enter(bookmark);
            marks.push((at, path.with(None)));
        }
        for heading in found {
            marks.push((heading.at, path.enter_by_size(heading)));
        }
        marks.retain(|(at, _)| *at < page.text.len());
        // Of several at one place the innermost comes last.
        marks.reverse();
        marks.dedup_by_key(|(at, _)| *at);
        marks.reverse();
        if !before.is_empty() && !page.text.is_empty() && marks.first().is_none_or(|(at, _)| *at > 0) {
            marks.insert(0, (0, before));
        }
        page.headings = marks;
    }
}

/// Where the sections of bookmarks begin on their page: at the line that has the title. Without such a line the first
/// begins at the top of the page, and another with the one after it or where the page ends, so that no text of other
/// sections gets its title.
fn places(text: &str, bookmarks: &[&Bookmark]) -> Vec<usize> {
    let lines = if bookmarks.is_empty() { Vec::new() } else { squeezed_lines(text) };
    let mut rest = lines.as_slice();
    let mut found: Vec<Option<usize>> = Vec::new();
    for bookmark in bookmarks {
        let title = squeezed(&bookmark.title);
        let place = rest.iter().position(|(_, line)| has_title(line, &title));
        rest = place.and_then(|place| rest.get(place..)).unwrap_or(rest);
        found.push(place.and_then(|_| rest.first()).map(|(at, _)| *at));
    }
    if let Some(first) = found.first_mut() {
        first.get_or_insert(0);
    }
    let mut next = text.len();
    for at in found.iter_mut().rev() {
        next = *at.get_or_insert(next);
    }
    found.into_iter().flatten().collect()
}

/// The offsets of the lines, and of each as much as a title and what may stand before it need, squeezed.
fn squeezed_lines(text: &str) -> Vec<(usize, String)> {
    let mut next = 0;
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let beginning: String = line.chars().filter(|c| c.is_alphanumeric()).take(LONGEST + BEFORE_TITLE).collect();
        lines.push((next, squeezed(&beginning)));
        next += line.len();
    }
    lines
}

/// Whether a squeezed line has a squeezed title at its beginning, or after a number or a word.
fn has_title(line: &str, title: &str) -> bool {
    let before = line.find(title).and_then(|at| line.get(..at));
    !title.is_empty() && before.is_some_and(|before| before.chars().count() <= BEFORE_TITLE)
}

/// Whether a heading holds for the pages that follow.
fn carries(heading: &str) -> bool {
    let letters = heading.chars().filter(|c| c.is_alphabetic()).count();
    let digits = heading.chars().filter(char::is_ascii_digit).count();
    let wide = heading.chars().any(crate::normalize::is_han_or_kana);
    (letters >= LEAST_LETTERS || wide) && letters > digits && !CONTENTS.contains(&squeezed(heading).as_str())
}

/// Its letters and digits, in lower case.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use assay_domain::{Extractor, Page, PageOutcome};

    use super::{Bookmark, Heading, nest};

    /// Pages of text with the sizes of lines that are headings; returns the paths at the beginnings of all lines.
    fn paths(pages: &[&[(&str, f64)]], outline: &[(u32, usize, &str)]) -> Vec<String> {
        let mut read: Vec<(Page, Vec<Heading>)> = (1..)
            .zip(pages)
            .map(|(number, lines)| {
                let (mut text, mut headings) = (String::new(), Vec::new());
                for (line, size) in *lines {
                    if *size > 10.0 {
                        headings.push(Heading { at: text.len(), text: (*line).to_owned(), size: *size });
                    }
                    text.push_str(line);
                    text.push('\n');
                }
                let (extractor, outcome) = (Extractor::PdfExtract, PageOutcome::Text);
                let page = Page { number: Some(number), text, headings: vec![], extractor, confidence: None, outcome };
                (page, headings)
            })
            .collect();
        let bookmark = |&(page, level, title): &(u32, usize, &str)| Bookmark { page, level, title: title.to_owned() };
        nest(&mut read, &outline.iter().map(bookmark).collect::<Vec<_>>());
        let mut paths = Vec::new();
        for (page, _) in read {
            let mut at = 0;
            for line in page.text.split_inclusive('\n') {
                paths.push(page.heading_at(at).unwrap_or_default().to_owned());
                at += line.len();
            }
        }
        paths
    }

    #[test]
    fn a_page_goes_on_under_the_headings_of_the_page_before() {
        let pages: [&[(&str, f64)]; 3] = [
            &[("Report 2025", 24.0), ("An opening.", 10.0), ("Net sales", 14.0), ("They grew.", 10.0)],
            &[("They grew further.", 10.0), ("Costs", 14.2), ("They fell.", 10.0), ("48 %", 30.0), ("less", 10.0)],
            &[("They fell again.", 10.0)],
        ];
        assert_eq!(
            paths(&pages, &[]),
            [
                "Report 2025",
                "Report 2025",
                "Report 2025 > Net sales",
                "Report 2025 > Net sales",
                "Report 2025 > Net sales",
                "Report 2025 > Costs",
                "Report 2025 > Costs",
                "Report 2025 > Costs > 48 %",
                "Report 2025 > Costs > 48 %",
                "Report 2025 > Costs",
            ]
        );
    }

    #[test]
    fn the_outline_says_how_sections_nest() {
        let pages: [&[(&str, f64)]; 4] = [
            &[("目录", 20.0), ("第一章 泵 ... 2", 10.0)],
            &[("1. Pumps", 10.0), ("They deliver water.", 10.0), ("Care", 13.0), ("Oil them.", 10.0)],
            &[("Every year.", 10.0), ("1.1 Lids and seals", 16.0), ("Close them.", 10.0)],
            &[("The last page.", 10.0)],
        ];
        let outline = [(2, 0, "Pumps"), (3, 1, "Lids and Seals"), (3, 1, "A title that is not on the page")];
        assert_eq!(
            paths(&pages, &outline),
            [
                "目录",
                "目录",
                "Pumps",
                "Pumps",
                "Pumps > Care",
                "Pumps > Care",
                "Pumps > Care",
                "Pumps > Lids and Seals",
                "Pumps > Lids and Seals",
                "Pumps > A title that is not on the page",
            ]
        );
    }

    #[test]
    fn an_outline_of_thousands_of_entries_for_one_page_is_read_in_reasonable_time() {
        let lines: Vec<(&str, f64)> = vec![("The pump delivers forty litres a minute.", 10.0); 20_000];
        let outline: Vec<(u32, usize, &str)> = vec![(1, 0, "A title that is not there"); 20_000];
        let begun = std::time::Instant::now();
        let found = paths(&[&lines], &outline);
        assert_eq!(found.first().map(String::as_str), Some("A title that is not there"));
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }

    #[test]
    fn pages_without_any_heading_have_none() {
        assert_eq!(paths(&[&[("One.", 10.0)], &[("Two.", 10.0)]], &[]), ["", ""]);
    }
}
