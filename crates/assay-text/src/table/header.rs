//! Finds header rows, names columns, and distinguishes forms from tables.

use std::collections::{BTreeMap, BTreeSet};

use super::grid::{Row, Span};
use super::kind::{Kind, kind};

/// Maximum length of a column's name in characters.
const LONGEST_NAME: usize = 60;
/// Rows below a candidate header row that are examined.
const LOOK_AHEAD: usize = 20;
/// Maximum number of header rows that are detected.
const MOST_HEADER_ROWS: usize = 4;
/// Maximum number of rows of a form, and the longest label in characters.
const MOST_FORM_ROWS: usize = 60;
const LONGEST_LABEL: usize = 40;
/// Labels of forms, in lower case, with which a first column is recognised.
const LABELS: [&str; 64] = [
    "name",
    "first name",
    "last name",
    "surname",
    "company",
    "firm",
    "contact",
    "contact person",
    "telephone",
    "phone",
    "mobile",
    "fax",
    "email",
    "e-mail",
    "mail",
    "address",
    "street",
    "city",
    "town",
    "postcode",
    "zip",
    "country",
    "date",
    "date of birth",
    "born",
    "bank",
    "iban",
    "bic",
    "tax number",
    "vat number",
    "customer number",
    "reference",
    "website",
    "web",
    "department",
    "position",
    "signature",
    "remarks",
    "notes",
    "firma",
    "vorname",
    "nachname",
    "ansprechpartner",
    "telefon",
    "anschrift",
    "straße",
    "ort",
    "plz",
    "datum",
    "geburtsdatum",
    "bankverbindung",
    "steuernummer",
    "bemerkungen",
    "姓名",
    "公司",
    "公司名称",
    "单位",
    "联系人",
    "电话",
    "手机",
    "地址",
    "邮箱",
    "日期",
    "备注",
];

/// Whether a table of two columns is a form of labels and values rather than a table with a header.
pub(super) fn is_form(rows: &[Row]) -> bool {
    let columns: BTreeSet<u32> = rows.iter().flat_map(|(_, cells)| cells.keys().copied()).collect();
    let [label, value] = columns.into_iter().collect::<Vec<_>>()[..] else { return false };
    if rows.len() < 2 || rows.len() > MOST_FORM_ROWS {
        return false;
    }
    let labels: Vec<&str> = rows.iter().filter_map(|(_, cells)| cells.get(&label)).map(String::as_str).collect();
    let is_label = |text: &&str| kind(text) == Kind::Text && text.chars().count() <= LONGEST_LABEL;
    let distinct = labels.iter().collect::<BTreeSet<_>>().len() == labels.len();
    if labels.len() < rows.len() || !labels.iter().all(is_label) || !distinct {
        return false;
    }
    if labels.iter().filter(|label| label.ends_with([':', '：'])).count() * 2 > labels.len() {
        return true;
    }
    let below = || rows.iter().skip(1);
    let known = below()
        .filter_map(|(_, cells)| cells.get(&label))
        .filter(|text| LABELS.contains(&text.to_lowercase().as_str()));
    if known.count() >= 2 {
        return true;
    }
    // Values of one column of a table are of one kind; those of a form are mixed.
    let first = rows.first().and_then(|(_, cells)| cells.get(&value)).map_or(Kind::Text, |text| kind(text));
    let values: Vec<Kind> = below().filter_map(|(_, cells)| cells.get(&value)).map(|text| kind(text)).collect();
    let texts = values.iter().filter(|kind| **kind == Kind::Text).count();
    rows.len() >= 4 && first == Kind::Text && texts * 3 >= values.len() && (values.len() - texts) * 3 >= values.len()
}

/// Returns the number of header rows of a table without titles, at least `declared`.
pub(super) fn count(rows: &[Row], spans: &[Span], declared: usize) -> usize {
    let most = rows.len().saturating_sub(1).min(MOST_HEADER_ROWS.max(declared));
    if most == 0 || (declared == 0 && !begins_with_header(rows, spans)) {
        return 0;
    }
    let mut count = declared.clamp(1, most);
    while count < most && goes_on(rows, spans, count) {
        count += 1;
    }
    count
}

/// Whether the rows below the header rows have numbers in named columns.
pub(super) fn is_above_numbers(rows: &[Row], count: usize) -> bool {
    let Some((_, last)) = count.checked_sub(1).and_then(|last| rows.get(last)) else { return false };
    let below = rows.iter().skip(count).take(LOOK_AHEAD);
    below.flat_map(|(_, cells)| cells).any(|(column, cell)| last.contains_key(column) && kind(cell) != Kind::Text)
}

/// Names each column by its header cells from top to bottom.
pub(super) fn names(rows: &[Row], spans: &[Span], count: usize) -> BTreeMap<u32, String> {
    let mut names: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let widest = rows.iter().filter_map(|(_, cells)| cells.keys().next_back()).max().copied().unwrap_or(0);
    for (place, row) in rows.iter().enumerate().take(count) {
        for (column, name) in spread(row, spans, (place + 1 < count).then_some(widest)) {
            let parts = names.entry(column).or_default();
            if parts.last() != Some(&name) {
                parts.push(name);
            }
        }
    }
    names.into_iter().map(|(column, parts)| (column, parts.join(" "))).collect()
}

/// Whether the first row names columns: about as many short cells as the rows below have, none of them data.
fn begins_with_header(rows: &[Row], spans: &[Span]) -> bool {
    let Some(first) = rows.first() else { return false };
    let below: Vec<&Row> = rows.iter().skip(1).take(LOOK_AHEAD).collect();
    let widest = below.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    let spread = spread(first, spans, None);
    let banner = spread.len() > first.1.len();
    let wide = (spread.len() * 3 >= widest * 2 || goes_on(rows, spans, 1)) && first.1.len() + usize::from(banner) > 1;
    let distinct = first.1.values().collect::<BTreeSet<_>>().len() == first.1.len();
    wide && distinct && is_header_like(first, &below)
}

/// Whether no cell of a row is data: all are short text, or years and periods above something else.
fn is_header_like((_, cells): &Row, below: &[&Row]) -> bool {
    let counted = is_progression(cells);
    cells.iter().all(|(column, cell)| {
        let cell_kind = kind(cell);
        let column = || below.iter().filter_map(|(_, cells)| cells.get(column));
        let alike = || column().filter(|other| kind(other) == cell_kind).count() * 2 > column().count();
        let repeated = || column().any(|other| other.to_lowercase() == cell.to_lowercase());
        match cell_kind {
            Kind::Text => cell.chars().count() <= LONGEST_NAME && !repeated(),
            Kind::Number => counted,
            _ => !alike(),
        }
    })
}

/// Whether the numbers of a row count up in even steps, as sizes or hours that name columns do.
fn is_progression(cells: &BTreeMap<u32, String>) -> bool {
    let numbers: Vec<i64> = cells.values().filter_map(|cell| cell.parse().ok()).collect();
    let step = |pair: &[i64]| pair.last().zip(pair.first()).map_or(0, |(last, first)| last - first);
    let steps: BTreeSet<i64> = numbers.windows(2).map(step).collect();
    numbers.len() >= 3 && numbers.len() < cells.len() && steps.len() == 1 && steps.first().is_some_and(|step| *step > 0)
}

/// Whether the row at `count` is another header row: it is below a banner that spans its columns, or has units.
fn goes_on(rows: &[Row], spans: &[Span], count: usize) -> bool {
    let (Some(above), Some(row)) = (count.checked_sub(1).and_then(|above| rows.get(above)), rows.get(count)) else {
        return false;
    };
    let below: Vec<&Row> = rows.iter().skip(count + 1).take(LOOK_AHEAD).collect();
    if below.is_empty() || !is_header_like(row, &below) {
        return false;
    }
    let spanning = |span: &&Span| span.top == above.0 && span.right > span.left;
    let tall = spans.iter().any(|span| span.top <= above.0 && span.bottom >= row.0);
    let under = |span: &Span| row.1.keys().filter(|column| span.columns().contains(column)).count() > 1;
    let banner = spans.iter().filter(spanning).any(under);
    // Formats without spans leave the cells that a banner covers empty.
    let gaps = row.1.keys().filter(|column| !above.1.contains_key(column)).count();
    let labels = row.1.values().filter(|cell| kind(cell).is_label()).count();
    let gapped = gaps > 0 && labels * 2 >= row.1.len() && above.1.keys().next() <= row.1.keys().next();
    banner || tall || gapped || (row.1.len() > 1 && row.1.values().all(|cell| is_unit(cell)))
}

/// Whether a cell is a unit of measurement: `(EUR)`, `[mm]`, `%`, `kg`.
fn is_unit(cell: &str) -> bool {
    const UNITS: [&str; 26] = [
        "%", "€", "$", "£", "¥", "eur", "usd", "gbp", "cny", "kg", "g", "t", "mm", "cm", "m", "km", "l", "h", "min",
        "s", "pcs", "元", "万元", "千元", "亿元", "个",
    ];
    let bracketed = [('(', ')'), ('[', ']'), ('（', '）')]
        .iter()
        .any(|(open, close)| cell.starts_with(*open) && cell.ends_with(*close));
    bracketed || UNITS.contains(&cell.to_lowercase().as_str())
}

/// Returns a header row's cells, each repeated in the columns that it spans; if `widest` is given, also in the
/// empty columns to its right, up to that column.
fn spread((number, cells): &Row, spans: &[Span], widest: Option<u32>) -> BTreeMap<u32, String> {
    let mut spread = cells.clone();
    for span in spans.iter().filter(|span| (span.top..=span.bottom).contains(number)) {
        let Some(name) = cells.get(&span.left) else { continue };
        for column in span.columns() {
            spread.entry(column).or_insert_with(|| name.clone());
        }
    }
    let known = spans.iter().any(|span| span.top == *number && span.right > span.left);
    if let (Some(widest), false, Some(first)) = (widest, known, cells.keys().next()) {
        let mut current = String::new();
        for column in *first..=widest.min(first.saturating_add(1_000)) {
            current = spread.entry(column).or_insert_with(|| current.clone()).clone();
        }
    }
    spread
}
