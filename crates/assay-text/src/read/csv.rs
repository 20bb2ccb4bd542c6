//! Reads tables as text (csv, tsv) in any encoding and with any common separator.

use assay_domain::Page;
use csv::ReaderBuilder;

use crate::error::TextError;
use crate::read::plain::{self, Decoded};
use crate::read::sheet::{Cells, Sheet};

pub(crate) const NAME: &str = "table of values";
/// Lines that are sampled to detect the separator.
const SAMPLE_LINES: usize = 50;

/// Returns the whole table as one page.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, warning } = plain::text_of(bytes, "a table")?;
    let text = text.trim_start_matches('\u{FEFF}');
    let (separator, text) = separator(text);
    let mut sheet = Sheet::default();
    let mut count = Cells::default();
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    for (row, record) in (0..).zip(reader.records()) {
        let record = record.map_err(|error| TextError::Damaged { format: NAME, cause: error.to_string() })?;
        for (column, cell) in (0..).zip(&record) {
            if !cell.is_empty() {
                count.count()?;
                sheet.put(row, column, cell);
            }
        }
    }
    Ok(vec![plain::with_warning(Page { number: None, ..sheet.page() }, warning)])
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
