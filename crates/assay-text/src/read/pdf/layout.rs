//! Arranges the segments of a page: tables become rows that name their columns, columns of text are read one
//! after the other, and all other segments on one baseline become one line.
//!
//! A segment ends where a gap of [`GAP`] font sizes follows. Segments are compared with those that the content
//! stream draws next to them, so a page that draws one column after the other is left as it is.

use std::collections::BTreeMap;

use super::lines::Line;
use crate::table::{self, Names, Row};

/// A gap this wide, in font sizes, ends a segment.
pub(super) const GAP: f64 = 1.2;
/// Largest difference of baselines within a row, in font sizes.
const LEVEL: f64 = 0.3;
/// Largest distance of two rows of a table, in font sizes.
const FAR: f64 = 4.0;
/// Narrowest gutter between columns, in font sizes.
const GUTTER: f64 = 0.6;
/// Rows with several segments that a table of two columns has at least, and one of more columns.
const LEAST_ROWS: usize = 3;
const LEAST_WIDE_ROWS: usize = 2;
/// Maximum number of columns of text.
const MOST_TEXT_COLUMNS: usize = 4;
/// Mean length of a cell from which two columns can be text, in characters.
const TEXT_CELL: usize = 12;
/// Mean length up to which a first column can be the numbers or bullets of a list.
const LIST_MARK: usize = 4;

/// A part of a page in reading order.
pub(super) enum Block {
    /// Lines that may be joined to paragraphs.
    Text(Vec<Line>),
    /// The rows of a table, one line each.
    Table(Vec<String>),
}

/// Arranges the segments of a page.
pub(super) fn arrange(segments: &[Line]) -> Vec<Block> {
    let rows = rows(segments);
    let mut blocks: Vec<Block> = Vec::new();
    let mut from = 0;
    while from < rows.len() {
        let run = run(rows.get(from..).unwrap_or_default());
        let arranged = rows.get(from..from + run).filter(|run| run.len() > 1).and_then(arrange_run);
        match arranged {
            Some(block) => blocks.push(block),
            None => {
                let lines = rows.get(from..from + run.max(1)).unwrap_or_default().iter().map(|row| joined(row));
                match blocks.last_mut() {
                    Some(Block::Text(text)) => text.extend(lines),
                    _ => blocks.push(Block::Text(lines.collect())),
                }
            }
        }
        from += run.max(1);
    }
    blocks
}

/// Groups segments that are drawn one after the other on one baseline, from left to right.
fn rows(segments: &[Line]) -> Vec<Vec<Line>> {
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for segment in segments {
        match rows.last_mut() {
            Some(row)
                if row.last().is_some_and(|last| {
                    (last.across - segment.across).abs() <= LEVEL * last.size.min(segment.size)
                }) =>
            {
                row.push(segment.clone());
            }
            _ => rows.push(vec![segment.clone()]),
        }
    }
    rows.iter_mut().for_each(|row| row.sort_by(|a, b| a.start.total_cmp(&b.start)));
    rows
}

/// Makes one line of the segments of a row.
fn joined(row: &[Line]) -> Line {
    let mut line = row.first().cloned().unwrap_or_default();
    for segment in row.iter().skip(1) {
        line.text.push(' ');
        line.text.push_str(&segment.text);
        line.end = line.end.max(segment.end);
        line.size = line.size.max(segment.size);
    }
    line
}

/// Returns the number of leading rows that may belong to one table or to columns of text: rows with several
/// segments, and single segments between them that cross no gutter.
fn run(rows: &[Vec<Line>]) -> usize {
    let Some(first) = rows.first().filter(|row| row.len() > 1) else { return 0 };
    let mut columns = intervals(first);
    let mut run = 1;
    let mut kept = 1;
    let mut above = first;
    for row in rows.iter().skip(1) {
        let (Some(last), Some(next)) = (above.first(), row.first()) else { break };
        let distance = (last.across - next.across).abs();
        let size = last.size.max(next.size);
        // The next row is on another baseline, not far away, and set in a like size.
        if distance < 0.3 * size || distance > FAR * size || (last.size / next.size - 1.0).abs() > 0.35 {
            break;
        }
        let merged = merge(columns.iter().copied().chain(intervals(row)), GUTTER * next.size);
        if merged.len() < 2 || merged.len() < columns.len().min(3) {
            break;
        }
        columns = merged;
        run += 1;
        if row.len() > 1 {
            kept = run;
        } else if run - kept > 2 {
            break;
        }
        above = row;
    }
    kept
}

fn intervals(row: &[Line]) -> Vec<(f64, f64)> {
    row.iter().map(|segment| (segment.start, segment.end)).collect()
}

/// Merges intervals that overlap or are closer than a gutter.
fn merge(intervals: impl Iterator<Item = (f64, f64)>, gutter: f64) -> Vec<(f64, f64)> {
    let mut intervals: Vec<(f64, f64)> = intervals.collect();
    intervals.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut merged: Vec<(f64, f64)> = Vec::new();
    for (start, end) in intervals {
        match merged.last_mut() {
            Some((_, last)) if start < *last + gutter => *last = last.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// Returns the block of a run, or `None` if it is neither a table nor columns of text.
fn arrange_run(run: &[Vec<Line>]) -> Option<Block> {
    let size = run.iter().flatten().map(|segment| segment.size).fold(f64::MAX, f64::min);
    let columns = merge(run.iter().flat_map(|row| intervals(row)), GUTTER * size);
    let multiple = run.iter().filter(|row| row.len() > 1).count();
    let least = if columns.len() > 2 { LEAST_WIDE_ROWS } else { LEAST_ROWS };
    if columns.len() < 2 || multiple < least {
        return None;
    }
    let place = |segment: &Line| columns.iter().position(|(_, end)| segment.start < *end).unwrap_or(columns.len() - 1);
    let mut grid: Vec<BTreeMap<usize, Line>> = Vec::new();
    for row in run {
        let mut cells: BTreeMap<usize, Line> = BTreeMap::new();
        for segment in row {
            match cells.get_mut(&place(segment)) {
                Some(cell) => {
                    cell.text.push(' ');
                    cell.text.push_str(&segment.text);
                    cell.end = cell.end.max(segment.end);
                }
                None => drop(cells.insert(place(segment), segment.clone())),
            }
        }
        grid.push(cells);
    }
    if is_list(&grid, columns.len()) {
        return None;
    }
    if are_columns_of_text(&grid, &columns) {
        let lines = (0..columns.len()).flat_map(|column| grid.iter().filter_map(move |row| row.get(&column).cloned()));
        return Some(Block::Text(lines.collect()));
    }
    Some(Block::Table(table_lines(&grid)))
}

/// Whether the first column has the numbers or bullets of a list.
fn is_list(grid: &[BTreeMap<usize, Line>], columns: usize) -> bool {
    columns == 2 && mean_length(grid, 0) <= LIST_MARK && mean_length(grid, 1) > 5 * LIST_MARK
}

fn mean_length(grid: &[BTreeMap<usize, Line>], column: usize) -> usize {
    let lengths: Vec<usize> =
        grid.iter().filter_map(|row| row.get(&column)).map(|cell| cell.text.chars().count()).collect();
    lengths.iter().sum::<usize>() / lengths.len().max(1)
}

/// Whether the columns are text: in each of them lines continue the one above, in lower case or, in scripts
/// without case, from margin to margin.
fn are_columns_of_text(grid: &[BTreeMap<usize, Line>], columns: &[(f64, f64)]) -> bool {
    columns.len() <= MOST_TEXT_COLUMNS
        && columns.iter().enumerate().all(|(column, (left, right))| {
            let cells: Vec<&Line> = grid.iter().filter_map(|row| row.get(&column)).collect();
            let below = cells.len().saturating_sub(1).max(1);
            let begins = |test: fn(char) -> bool| {
                cells.iter().skip(1).filter(|cell| cell.text.chars().next().is_some_and(test)).count()
            };
            let full = cells.iter().filter(|cell| cell.end - cell.start > 0.85 * (right - left)).count();
            let wide = begins(|c| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase());
            let continued =
                begins(char::is_lowercase) * 4 >= below || (wide * 2 >= below && full * 3 >= cells.len() * 2);
            cells.len() * 3 >= grid.len() * 2 && continued && mean_length(grid, column) >= TEXT_CELL
        })
}

/// Returns the lines of a table. A row without a first cell and without numbers continues the cells above.
fn table_lines(grid: &[BTreeMap<usize, Line>]) -> Vec<String> {
    let mut rows: Vec<Row> = Vec::new();
    for cells in grid {
        let cells: BTreeMap<u32, String> =
            cells.iter().map(|(column, cell)| (*column as u32, cell.text.clone())).collect();
        let continues =
            !cells.contains_key(&0) && cells.values().all(|cell| !cell.contains(|c: char| c.is_ascii_digit()));
        match rows.last_mut().filter(|(_, above)| continues && cells.keys().all(|column| above.contains_key(column))) {
            Some((_, above)) => {
                for (column, cell) in cells {
                    above.entry(column).and_modify(|text| {
                        text.push(' ');
                        text.push_str(&cell);
                    });
                }
            }
            None => rows.push((rows.len() as u32, cells)),
        }
    }
    let layout = table::layout(&rows, &[], 0, &Names::default());
    rows.iter().enumerate().map(|(place, (_, cells))| layout.line(place, cells)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Block, arrange};
    use crate::read::pdf::lines::Line;

    /// Arranges rows of (start, text) in a type of size 10 with letters of width 5, and checks the text of the
    /// blocks: lines of a table are marked by `#`.
    fn check(rows: &[&[(f64, &str)]], expected: &[&str]) {
        let mut segments = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            for (start, text) in *row {
                let end = start + 5.0 * text.chars().count() as f64;
                segments.push(Line {
                    text: (*text).to_owned(),
                    start: *start,
                    end,
                    across: 700.0 - 14.0 * number as f64,
                    size: 10.0,
                });
            }
        }
        let lines: Vec<String> = arrange(&segments)
            .into_iter()
            .flat_map(|block| match block {
                Block::Text(lines) => lines.into_iter().map(|line| line.text).collect::<Vec<_>>(),
                Block::Table(lines) => lines.into_iter().map(|line| format!("#{line}")).collect(),
            })
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn rows_of_a_table_name_their_columns() {
        check(
            &[
                &[(50.0, "Price list of May, which is valid for members")],
                &[(50.0, "Article"), (300.0, "Pieces"), (400.0, "Price")],
                &[(50.0, "Ash oar"), (320.0, "4"), (405.0, "61.50")],
                &[(50.0, "Life vest"), (315.0, "16"), (405.0, "72.40")],
                &[(50.0, "Compass"), (405.0, "87.00")],
            ],
            &[
                "Price list of May, which is valid for members",
                "#Article | Pieces | Price",
                "#Article: Ash oar | Pieces: 4 | Price: 61.50",
                "#Article: Life vest | Pieces: 16 | Price: 72.40",
                "#Article: Compass | Price: 87.00",
            ],
        );
        check(
            &[
                &[(50.0, "Surname:"), (200.0, "Castellanos")],
                &[(50.0, "Number plate:"), (200.0, "HH QT 4471")],
                &[(50.0, "Zone:"), (200.0, "14")],
            ],
            &["#Surname: Castellanos", "#Number plate: HH QT 4471", "#Zone: 14"],
        );
    }

    #[test]
    fn columns_of_text_are_read_one_after_the_other() {
        check(
            &[
                &[(50.0, "The lock keeper opens"), (200.0, "The ferry to the island")],
                &[(50.0, "the gate when the water"), (200.0, "runs from April to May")],
                &[(50.0, "stands level. Boats wait"), (200.0, "and takes two bicycles.")],
            ],
            &[
                "The lock keeper opens",
                "the gate when the water",
                "stands level. Boats wait",
                "The ferry to the island",
                "runs from April to May",
                "and takes two bicycles.",
            ],
        );
    }

    #[test]
    fn lists_and_letterheads_keep_their_lines() {
        check(
            &[
                &[(50.0, "1."), (70.0, "The keeper lights the lamp at seven in the evening")],
                &[(70.0, "and puts it out in the morning.")],
                &[(50.0, "2."), (70.0, "The first ferry leaves at nine, except on Sundays")],
                &[(50.0, "3."), (70.0, "In fog the bell is rung twice, and then a third time")],
            ],
            &[
                "1. The keeper lights the lamp at seven in the evening",
                "and puts it out in the morning.",
                "2. The first ferry leaves at nine, except on Sundays",
                "3. In fog the bell is rung twice, and then a third time",
            ],
        );
        check(
            &[&[(50.0, "Harbour Tools"), (400.0, "2 May")], &[(50.0, "Dear Ida,")]],
            &["Harbour Tools 2 May", "Dear Ida,"],
        );
    }
}
