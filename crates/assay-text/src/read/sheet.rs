//! Converts the cells of a sheet to a page: each row is a line that carries its columns' names, under
//! headings with the table's title and cell range (`Stock > Lamps in store > A2:D31`).

use std::collections::BTreeMap;
use std::ops::Range;

use assay_domain::Page;

use crate::compose::Composer;
use crate::error::TextError;
use crate::table::{self, Layout, Names, Row, Span};

/// About as much text as one passage holds; each block has a heading with its cell range.
const BLOCK_BYTES: usize = 800;
/// Maximum number of merged ranges.
const MOST_MERGED: usize = 20_000;
/// Maximum number of filled cells in a workbook.
const MOST_CELLS: usize = 4_000_000;
/// Maximum number of rows of a title, and its maximum length in characters.
const MOST_TITLE_ROWS: usize = 3;
const LONGEST_TITLE: usize = 120;

/// The filled cells of a sheet; rows and columns count from 0.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// The sheet's name, empty if it has none.
    pub(crate) name: String,
    /// Rows by number, with their cells by column.
    pub(crate) rows: BTreeMap<u32, BTreeMap<u32, String>>,
    /// Merged ranges.
    pub(crate) merged: Vec<Span>,
}

impl Sheet {
    /// Sets the text of a cell; empty text leaves the cell empty.
    pub(crate) fn put(&mut self, row: u32, column: u32, text: &str) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            self.rows.entry(row).or_default().insert(column, text);
        }
    }

    /// Makes the sheet's page.
    pub(crate) fn page(mut self) -> Page {
        self.merged.truncate(MOST_MERGED);
        self.merged.sort_by_key(|span| span.top);
        let mut composer = Composer::default();
        if !self.name.is_empty() {
            let start = composer.begin_heading();
            composer.push_inline(&self.name);
            composer.end_heading(1, start);
        }
        let mut rows: Vec<Row> = std::mem::take(&mut self.rows).into_iter().collect();
        let mut names = Names::default();
        let (mut title, mut above) = (String::new(), String::new());
        for region in regions(&rows) {
            let Some(region) = rows.get_mut(region) else { continue };
            let spans = self.spans(region);
            let layout = table::layout(region, spans, 0, &names);
            table::fill_down(region, spans, layout.body);
            let own = title_of(region.get(..layout.titles).unwrap_or_default());
            let continues = layout.body == 0 && layout.names != Names::default() && layout.names == names;
            title = match (own.is_empty(), above.is_empty()) {
                (false, _) => own,
                (true, false) => above,
                (true, true) if continues => title,
                (true, true) => String::new(),
            };
            write(&mut composer, region, &layout, &title);
            // A title may be separated from its table by an empty row.
            above = title_of(region);
            names = layout.names;
        }
        composer.finish()
    }

    /// Returns the merged ranges that begin in a region.
    fn spans(&self, region: &[Row]) -> &[Span] {
        let (first, last) = (region.first().map_or(0, |row| row.0), region.last().map_or(0, |row| row.0));
        let from = self.merged.partition_point(|span| span.top < first);
        let to = self.merged.partition_point(|span| span.top <= last);
        self.merged.get(from..to).unwrap_or_default()
    }
}

/// Counts the cells of a workbook.
#[derive(Debug, Default)]
pub(crate) struct Cells(usize);

impl Cells {
    /// Counts one more cell.
    ///
    /// # Errors
    /// [`TextError::TooLarge`] above the limit.
    pub(crate) fn count(&mut self) -> Result<(), TextError> {
        self.0 += 1;
        if self.0 > MOST_CELLS {
            return Err(TextError::TooLarge { limit: format!("{MOST_CELLS} filled cells in a workbook") });
        }
        Ok(())
    }
}

/// Returns the runs of rows without an empty row between them.
fn regions(rows: &[Row]) -> Vec<Range<usize>> {
    let mut regions = Vec::new();
    let mut start = 0;
    for (place, pair) in rows.windows(2).enumerate() {
        if let [(above, _), (below, _)] = pair
            && *below > above + 1
        {
            regions.push(start..place + 1);
            start = place + 1;
        }
    }
    regions.push(start..rows.len());
    regions
}

/// Returns the text of title rows, which have one cell each; empty if the rows are no title.
fn title_of(rows: &[Row]) -> String {
    if rows.len() > MOST_TITLE_ROWS || rows.iter().any(|(_, cells)| cells.len() != 1) {
        return String::new();
    }
    let title = rows.iter().flat_map(|(_, cells)| cells.values()).map(String::as_str).collect::<Vec<_>>().join(", ");
    if title.chars().count() > LONGEST_TITLE { String::new() } else { title }
}

fn write(composer: &mut Composer, region: &[Row], layout: &Layout, title: &str) {
    composer.begin_paragraph();
    let mut start = 0;
    while start < region.len() {
        let lines: Vec<String> = region
            .iter()
            .enumerate()
            .skip(start)
            .scan(0, |bytes, (place, (_, cells))| {
                let line = layout.line(place, cells);
                let full = *bytes >= BLOCK_BYTES;
                *bytes += line.len();
                (!full).then_some(line)
            })
            .collect();
        let block = region.get(start..start + lines.len()).unwrap_or_default();
        let range = range(block);
        composer.begin_section(2, &if title.is_empty() { range } else { format!("{title} > {range}") });
        for line in &lines {
            composer.begin_line();
            composer.push_inline(line);
        }
        composer.begin_line();
        start += lines.len().max(1);
    }
    composer.begin_paragraph();
}

/// Formats a cell range as `A2:D31`.
fn range(rows: &[Row]) -> String {
    let columns = || rows.iter().flat_map(|(_, cells)| cells.keys().copied());
    let (left, right) = (columns().min().unwrap_or(0), columns().max().unwrap_or(0));
    let (top, bottom) = (rows.first().map_or(0, |(row, _)| *row), rows.last().map_or(0, |(row, _)| *row));
    format!("{}{}:{}{}", letters(left), u64::from(top) + 1, letters(right), u64::from(bottom) + 1)
}

/// Returns the letters of a column: A to Z, AA and so on.
fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::{Sheet, letters};
    use crate::table::Span;

    fn check(rows: &[(u32, &[&str])], merged: &[(u32, u32, u32, u32)], text: &str, headings: &[&str]) {
        let merged = merged.iter().map(|&(top, left, bottom, right)| Span { top, left, bottom, right }).collect();
        let mut sheet = Sheet { name: "Stock".into(), merged, ..Sheet::default() };
        for (row, cells) in rows {
            (0..).zip(*cells).for_each(|(column, words)| sheet.put(*row, column, words));
        }
        let page = sheet.page();
        assert_eq!(page.text, text);
        let paths: Vec<&str> = page.headings.iter().map(|(_, path)| path.as_str()).collect();
        assert_eq!(paths, headings);
    }

    #[test]
    fn rows_carry_the_names_of_their_columns() {
        check(
            &[(0, &["Lamps in store"]), (1, &["Place", "Count"]), (2, &["Cellar", "4"]), (3, &["Loft", ""])],
            &[],
            "Stock\n\nLamps in store\nPlace | Count\nPlace: Cellar | Count: 4\nPlace: Loft",
            &["Stock", "Stock > Lamps in store > A1:B4"],
        );
        check(
            &[(0, &["4", "5"]), (7, &["Name", "Age"]), (8, &["Ida", "61"]), (10, &["Per", "40"])],
            &[],
            "Stock\n\n4 | 5\n\nName | Age\nName: Ida | Age: 61\n\nName: Per | Age: 40",
            &["Stock", "Stock > A1:B1", "Stock > A8:B9", "Stock > A11:B11"],
        );
        check(
            &[(0, &["Place", "Lamps", ""]), (1, &["Loft", "4", "5"]), (2, &["", "6", "7"])],
            &[(0, 1, 0, 2), (1, 0, 2, 0)],
            "Stock\n\nPlace | Lamps\nPlace: Loft | Lamps: 4 | Lamps: 5\nPlace: Loft | Lamps: 6 | Lamps: 7",
            &["Stock", "Stock > A1:C3"],
        );
    }

    #[test]
    fn a_title_belongs_to_every_block_of_its_table() {
        let rows: Vec<[String; 2]> = (0..60).map(|row| [format!("pump part {row}"), row.to_string()]).collect();
        let mut sheet = Sheet::default();
        sheet.put(0, 0, "Spares for the pump P-7");
        sheet.put(2, 0, "Part");
        sheet.put(2, 1, "Pieces");
        for (number, [part, pieces]) in (3..).zip(&rows) {
            sheet.put(number, 0, part);
            sheet.put(number, 1, pieces);
        }
        sheet.put(70, 0, "Remarks");
        sheet.put(70, 3, "none");
        let page = sheet.page();
        let of_table = page.headings.iter().filter(|(_, path)| path.starts_with("Spares for the pump P-7 > A")).count();
        assert!(of_table > 2, "{:?}", page.headings);
        assert_eq!(page.headings.last().map(|(_, path)| path.as_str()), Some("A71:D71"), "another table");
    }

    #[test]
    fn columns_are_lettered_as_in_spreadsheets() {
        for (column, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(letters(column), expected);
        }
    }
}
