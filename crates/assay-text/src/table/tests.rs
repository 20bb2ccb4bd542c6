use super::{Names, Row, Span, layout};

/// Lays out a table of these cells (empty ones are not filled) and checks its lines.
fn check(rows: &[&[&str]], spans: &[(u32, u32, u32, u32)], expected: &[&str]) {
    let rows: Vec<Row> = (0..)
        .zip(rows)
        .map(|(number, cells)| {
            let cells = (0..).zip(*cells).filter(|(_, cell)| !cell.is_empty());
            (number, cells.map(|(column, cell)| (column, (*cell).to_owned())).collect())
        })
        .collect();
    let spans: Vec<Span> = spans.iter().map(|&(top, left, bottom, right)| Span { top, left, bottom, right }).collect();
    let layout = layout(&rows, &spans, 0, &Names::default());
    let lines: Vec<String> = rows.iter().enumerate().map(|(place, (_, cells))| layout.line(place, cells)).collect();
    assert_eq!(lines, expected, "{layout:?}");
}

#[test]
fn header_rows_of_several_levels_name_a_column_together() {
    let expected = [
        "Region | 2022 | 2023",
        "Q1 | Q2 | Q1 | Q2",
        "Region: North | 2022 Q1: 410 | 2022 Q2: 455 | 2023 Q1: 502 | 2023 Q2: 538",
        "Region: South | 2022 Q1: 320 | 2022 Q2: 298 | 2023 Q1: 333 | 2023 Q2: 341",
    ];
    let rows: [&[&str]; 4] = [
        &["Region", "2022", "", "2023", ""],
        &["", "Q1", "Q2", "Q1", "Q2"],
        &["North", "410", "455", "502", "538"],
        &["South", "320", "298", "333", "341"],
    ];
    check(&rows, &[(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4)], &expected);
    check(&rows, &[], &expected);
    check(
        &[&["Part", "Length", "Price"], &["", "mm", "EUR"], &["Bolt", "40", "0.30"], &["Nut", "8", "0.10"]],
        &[],
        &[
            "Part | Length | Price",
            "mm | EUR",
            "Part: Bolt | Length mm: 40 | Price EUR: 0.30",
            "Part: Nut | Length mm: 8 | Price EUR: 0.10",
        ],
    );
}

#[test]
fn years_quarters_and_counts_name_columns() {
    for names in
        [["Club", "2021", "2022"], ["Club", "Q1", "Q2"], ["Club", "1月", "2月"], ["Club", "2024-01-01", "2024-02-01"]]
    {
        let [club, first, second] = names;
        check(
            &[&names, &["Chess", "47", "50"], &["Choir", "61", "62"]],
            &[],
            &[
                &names.join(" | "),
                &format!("{club}: Chess | {first}: 47 | {second}: 50"),
                &format!("{club}: Choir | {first}: 61 | {second}: 62"),
            ],
        );
    }
    check(
        &[&["Size", "36", "37", "38"], &["Boots", "4", "9", "2"]],
        &[],
        &["Size | 36 | 37 | 38", "Size: Boots | 36: 4 | 37: 9 | 38: 2"],
    );
}

#[test]
fn a_table_without_header_has_no_names() {
    check(&[&["Chess", "2021", "47"], &["Choir", "2022", "61"]], &[], &["Chess | 2021 | 47", "Choir | 2022 | 61"]);
    check(&[&["Chess", "2021"], &["Choir", "2022"]], &[], &["Chess | 2021", "Choir | 2022"]);
    check(&[&["4", "5"], &["6", "7"]], &[], &["4 | 5", "6 | 7"]);
    check(&[&["oak", "red", "x"], &["elm", "red", "y"]], &[], &["oak | red | x", "elm | red | y"]);
}

#[test]
fn forms_are_pairs_of_label_and_value() {
    check(
        &[
            &["Company", "Harbour Tools Ltd"],
            &["Tax number", "4471902"],
            &["Contact", "Ines Roth"],
            &["Telephone", "030 555 0117"],
            &["Delivery days", "12"],
        ],
        &[],
        &[
            "Company: Harbour Tools Ltd",
            "Tax number: 4471902",
            "Contact: Ines Roth",
            "Telephone: 030 555 0117",
            "Delivery days: 12",
        ],
    );
    check(&[&["Order:", "4471"], &["Colour:", "red"], &["Size:", ""]], &[], &["Order: 4471", "Colour: red", "Size:"]);
    check(
        &[&["Place", "Lamps"], &["Cellar", "4"], &["Loft", "9"]],
        &[],
        &["Place | Lamps", "Place: Cellar | Lamps: 4", "Place: Loft | Lamps: 9"],
    );
}

#[test]
fn titles_are_not_part_of_the_header() {
    check(
        &[&["Lamps in store"], &["Place", "Count"], &["Cellar", "4"], &["Loft", ""]],
        &[(0, 0, 0, 1)],
        &["Lamps in store", "Place | Count", "Place: Cellar | Count: 4", "Place: Loft"],
    );
}
