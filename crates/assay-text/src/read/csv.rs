//! Reads tables as text (csv, tsv) in any encoding and with any common separator.

use assay_domain::Page;
use csv::ReaderBuilder;

use crate::error::TextError;
use crate::read::plain::{self, Decoded};
use crate::read::sheet::{Cells, Sheet};

pub(crate) const NAME: &str = "table of values";
/// Lines that are sampled to detect the separator.
const SAMPLE_LINES: usize = 50;

/// Returns the whole file as one page. Rows are numbered as a spreadsheet numbers them: a blank line is a row, a cell
/// with line breaks is not. Blank lines part tables, each with its own column names.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, warning } = plain::text_of(bytes, "a table")?;
    let text = text.trim_start_matches('\u{FEFF}');
    let (separator, text) = separator(text);
    let mut sheet = Sheet::default();
    let mut count = Cells::default();
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut next = 0;
    for record in reader.records() {
        let record = record.map_err(|error| TextError::Damaged { format: NAME, cause: error.to_string() })?;
        // The reader passes over blank lines; they stand between its places before and after a record.
        let row = next + record.position().map_or(0, |place| blank_lines(text, place.byte() as usize));
        next = row + 1;
        for (column, cell) in (0..).zip(&record) {
            if !cell.is_empty() {
                count.count()?;
                sheet.put(row, column, cell);
            }
        }
    }
    Ok(vec![plain::with_warning(Page { number: None, ..sheet.page() }, warning)])
}

/// Counts the blank lines from a place on. The place may lie within the line break of the record before.
fn blank_lines(text: &str, place: usize) -> u32 {
    let bytes = text.as_bytes();
    let mut rest = bytes.get(place..).unwrap_or_default();
    if place > 0 && bytes.get(place - 1) == Some(&b'\r') {
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
    }
    let mut count = 0;
    while let Some(after) = [&b"\r\n"[..], b"\n", b"\r"].iter().find_map(|end| rest.strip_prefix(*end)) {
        (rest, count) = (after, count + 1);
    }
    count
}

/// Returns the separator and the rest of the text: the separator that the first line declares (`sep=;`),
/// else the one that splits the sampled lines most evenly into several cells.
fn separator(text: &str) -> (u8, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some([separator]) = first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        return (*separator, rest);
    }
    let sample: String = text.split_inclusive('\n').take(SAMPLE_LINES).collect();
    let score = |separator: u8| {
        let reader =
            ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(sample.as_bytes());
        let widths: Vec<usize> = reader.into_records().flatten().map(|record| record.len()).collect();
        let usual = widths.iter().copied().max_by_key(|width| widths.iter().filter(|other| *other == width).count());
        let usual = usual.unwrap_or(1);
        let share = widths.iter().filter(|width| **width == usual).count() * 100 / widths.len().max(1);
        if usual < 2 { 0 } else { share * 100 + usual.min(99) }
    };
    let best = [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|separator| score(*separator));
    (best.unwrap_or(b','), text)
}

#[cfg(test)]
mod tests {
    use super::pages;

    #[test]
    fn blank_lines_are_rows_and_part_tables() {
        let lines = ["Name,Age", "Ida,61", "", "", "City,People,Note", "Rome,3,\"a", "", "b\"", "", ",,", "Bonn,1,c"];
        let text = "Name | Age\nName: Ida | Age: 61\n\nCity | People | Note\nCity: Rome | People: 3 | Note: a b\n\n\
                    City: Bonn | People: 1 | Note: c";
        let ranges = ["A1:B2", "A5:C6", "A9:C9"];
        for end in ["\n", "\r\n", "\r"] {
            let page = pages(lines.join(end).as_bytes()).unwrap().remove(0);
            assert_eq!(page.text, text, "{end:?}");
            let headings: Vec<&str> = page.headings.iter().map(|(_, path)| path.as_str()).collect();
            assert_eq!(headings, ranges, "{end:?}");
        }
        // The first lines and the last may be blank, and the line that declares the separator is no row.
        for (text, range) in
            [("\n\nA;B\n1;2\n\n", "A3:B4"), ("sep=;\r\n\r\nA;B\r\n1;2", "A2:B3"), ("\r\nA;B\r\n", "A2:B2")]
        {
            let page = pages(text.as_bytes()).unwrap().remove(0);
            assert_eq!(page.headings[0].1, range, "{text:?}");
        }
    }
}
