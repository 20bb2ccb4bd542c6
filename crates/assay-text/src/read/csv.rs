//! Tables as text (csv, tsv), in any encoding, whatever parts the cells.

use assay_domain::Page;
use csv::ReaderBuilder;

use crate::TextError;
use crate::read::plain::{self, Decoded};
use crate::read::sheet::{Cells, Sheet};

pub(crate) const NAME: &str = "table of values";
/// Lines that are tried to tell what parts the cells.
const SAMPLE_LINES: usize = 50;

/// One page, the whole table.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<Page>, TextError> {
    let Decoded { text, doubt } = plain::text_of(bytes, "a table")?;
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
    Ok(vec![plain::doubted(Page { number: None, ..sheet.page() }, doubt)])
}

/// What parts the cells: what the first line says (`sep=;`), else what cuts the first lines into
/// the most cells of the same number.
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
