//! Converts the cells of a sheet to a page: each row is a line that carries its columns' names, under
//! headings with cell ranges (`Stock > A2:D31`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use assay_domain::Page;

use crate::compose::Composer;
use crate::error::TextError;

/// About as much text as one passage holds; each block has a heading with its cell range.
const BLOCK_BYTES: usize = 800;
/// Maximum length of a column's name in characters.
const LONGEST_NAME: usize = 60;
/// Rows below a candidate header row that are examined.
const LOOK_AHEAD: usize = 20;
/// Maximum number of merged cells, and of the rows and columns that one may span.
const MOST_MERGED: usize = 20_000;
const TALLEST: u32 = 2_000;
const WIDEST: usize = 100;
/// Maximum number of filled cells in a workbook.
const MOST_CELLS: usize = 4_000_000;

/// The filled cells of a sheet; rows and columns count from 0.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// The sheet's name, empty if it has none.
    pub(crate) name: String,
    /// Rows by number, with their cells by column.
    pub(crate) rows: BTreeMap<u32, BTreeMap<u32, String>>,
    /// Merged ranges: first row, first column, last row, last column.
    pub(crate) merged: Vec<(u32, u32, u32, u32)>,
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
        self.fill_down();
        let mut composer = Composer::default();
        if !self.name.is_empty() {
            let start = composer.begin_heading();
            composer.push_inline(&self.name);
            composer.end_heading(1, start);
        }
        let rows: Vec<(u32, BTreeMap<u32, String>)> = std::mem::take(&mut self.rows).into_iter().collect();
        let mut names = Names::default();
        for region in regions(&rows) {
            let region = rows.get(region).unwrap_or_default();
            let header = header(region, &names);
            if let Some((place, (_, cells))) = header.and_then(|place| Some((place, region.get(place)?))) {
                names = self.names(cells, region.get(place).map_or(0, |(number, _)| *number));
            } else if !names.cover(region) {
                names = Names::default();
            }
            write(&mut composer, region, header, &names);
        }
        composer.finish()
    }

    /// Repeats a cell that spans rows in each of them.
    fn fill_down(&mut self) {
        self.merged.truncate(MOST_MERGED);
        for (first, column, last, _) in &self.merged {
            let words = self.rows.get(first).and_then(|row| row.get(column)).cloned();
            let Some(words) = words.filter(|_| last > first) else { continue };
            let below = self.rows.range_mut(
                first.saturating_add(1)..=(*last).clamp(first.saturating_add(1), first.saturating_add(TALLEST)),
            );
            for (_, row) in below {
                row.entry(*column).or_insert_with(|| words.clone());
            }
        }
    }

    /// Returns the names of the columns; a name that spans columns counts for each.
    fn names(&self, cells: &BTreeMap<u32, String>, row: u32) -> Names {
        let mut names = cells.clone();
        for (_, left, _, right) in self.merged.iter().filter(|(first, .., last, _)| (*first..=*last).contains(&row)) {
            let Some(name) = cells.get(left) else { continue };
            for column in (*left..=*right).take(WIDEST) {
                names.entry(column).or_insert_with(|| name.clone());
            }
        }
        Names(names)
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

/// The names of the columns.
#[derive(Debug, Default)]
struct Names(BTreeMap<u32, String>);

impl Names {
    /// Whether each column of a region has a name.
    fn cover(&self, region: &[(u32, BTreeMap<u32, String>)]) -> bool {
        region.iter().all(|(_, cells)| cells.len() > 1 && cells.keys().all(|column| self.0.contains_key(column)))
    }
}

/// Returns the runs of rows without an empty row between them.
fn regions(rows: &[(u32, BTreeMap<u32, String>)]) -> Vec<Range<usize>> {
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

/// Returns the header row of a region: the first with about as many cells as the rows below it, all of
/// them short and no numbers. If earlier names cover the region, it must also stand above numbers.
fn header(region: &[(u32, BTreeMap<u32, String>)], earlier: &Names) -> Option<usize> {
    let place = region.iter().position(|(_, cells)| cells.len() > 1)?;
    let (_, cells) = region.get(place)?;
    let below: Vec<&BTreeMap<u32, String>> =
        region.iter().skip(place + 1).take(LOOK_AHEAD).map(|(_, cells)| cells).collect();
    let widest = below.iter().map(|cells| cells.len()).max()?;
    let named = cells.values().all(|name| name.chars().count() <= LONGEST_NAME && !is_number(name));
    let over_numbers =
        below.iter().any(|row| row.iter().any(|(column, cell)| is_number(cell) && cells.contains_key(column)));
    let repeats = cells.values().collect::<BTreeSet<_>>().len() < cells.len();
    let wide = cells.len() * 3 >= widest * 2;
    (named && wide && !repeats && (over_numbers || !earlier.cover(region))).then_some(place)
}

fn is_number(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    digits > 0 && cell.chars().filter(|c| c.is_alphabetic()).count() <= 1
}

fn write(composer: &mut Composer, region: &[(u32, BTreeMap<u32, String>)], header: Option<usize>, names: &Names) {
    composer.begin_paragraph();
    let mut start = 0;
    while start < region.len() {
        let lines: Vec<String> = region
            .iter()
            .enumerate()
            .skip(start)
            .scan(0, |bytes, (place, (_, cells))| {
                let is_data = header.is_none_or(|header| place > header);
                let line = line(cells, is_data.then_some(names));
                let full = *bytes >= BLOCK_BYTES;
                *bytes += line.len();
                (!full).then_some(line)
            })
            .collect();
        let block = region.get(start..start + lines.len()).unwrap_or_default();
        composer.begin_section(2, &range(block));
        for line in &lines {
            composer.begin_line();
            composer.push_inline(line);
        }
        composer.begin_line();
        start += lines.len().max(1);
    }
    composer.begin_paragraph();
}

fn line(cells: &BTreeMap<u32, String>, names: Option<&Names>) -> String {
    let name = |column: &u32| names.and_then(|names| names.0.get(column));
    let cells: Vec<String> = cells
        .iter()
        .map(|(column, cell)| match name(column) {
            Some(name) if name != cell => format!("{name}: {cell}"),
            _ => cell.clone(),
        })
        .collect();
    cells.join(" | ")
}

/// Formats a cell range as `A2:D31`.
fn range(rows: &[(u32, BTreeMap<u32, String>)]) -> String {
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

    fn check(rows: &[(u32, &[&str])], merged: &[(u32, u32, u32, u32)], text: &str, headings: &[&str]) {
        let mut sheet = Sheet { name: "Stock".into(), merged: merged.to_vec(), ..Sheet::default() };
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
            &["Stock", "Stock > A1:B4"],
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
    fn columns_are_lettered_as_in_spreadsheets() {
        for (column, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(letters(column), expected);
        }
    }
}
