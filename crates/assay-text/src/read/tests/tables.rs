//! Tests that a row names its columns in every format that has tables.

use super::parts::packed;
use super::{check, collapsed};
use crate::read;

/// Makes a workbook of one sheet from rows of cell elements, merged ranges, and number formats from style 1 on.
fn workbook(rows: &[&str], merged: &[&str], formats: &[&str]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relationships = |rows: String| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{rows}</Relationships>"
        )
    };
    let rows: String = (1..).zip(rows).map(|(number, cells)| format!("<row r=\"{number}\">{cells}</row>")).collect();
    let merged: String = merged.iter().map(|range| format!("<mergeCell ref=\"{range}\"/>")).collect();
    let numbered: String = (200..)
        .zip(formats)
        .map(|(id, format)| format!("<numFmt numFmtId=\"{id}\" formatCode=\"{}\"/>", format.replace('"', "&quot;")))
        .collect();
    let styles: String = (0..formats.len()).map(|place| format!("<xf numFmtId=\"{}\"/>", 200 + place)).collect();
    let merge_cells = if merged.is_empty() { String::new() } else { format!("<mergeCells>{merged}</mergeCells>") };
    packed(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/xl/workbook.xml\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>",
        ),
        (
            "_rels/.rels",
            &relationships(format!(
                "<Relationship Id=\"r\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/>"
            )),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &relationships(format!(
                "<Relationship Id=\"r1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                 <Relationship Id=\"r2\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/>"
            )),
        ),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Stock\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/styles.xml",
            &format!(
                "<styleSheet xmlns=\"{MAIN}\"><numFmts>{numbered}</numFmts><cellXfs><xf numFmtId=\"0\"/>{styles}</cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData>{merge_cells}</worksheet>"),
        ),
    ])
}

fn text(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn workbooks_have_header_rows_of_several_levels_and_formatted_numbers() {
    let sales = workbook(
        &[
            &[text("A1", "Region"), text("B1", "2022"), text("D1", "2023")].concat(),
            &[text("B2", "Q1"), text("C2", "Q2"), text("D2", "Q1"), text("E2", "Q2")].concat(),
            &format!(
                "{}<c r=\"B3\"><v>410</v></c><c r=\"C3\"><v>455</v></c><c r=\"D3\"><v>502</v></c><c r=\"E3\"><v>538</v></c>",
                text("A3", "North")
            ),
        ],
        &["A1:A2", "B1:C1", "D1:E1"],
        &[],
    );
    check(
        "sales.xlsx",
        &sales,
        "Excel workbook",
        &[(0, "Region: North | 2022 Q1: 410 | 2022 Q2: 455 | 2023 Q1: 502 | 2023 Q2: 538")],
        &["Stock > A1:E3"],
        &[],
    );
    let staff = workbook(
        &[
            &[text("A1", "Name"), text("B1", "Badge"), text("C1", "Share"), text("D1", "Price")].concat(),
            &format!(
                "{}<c r=\"B2\" s=\"1\"><v>4210</v></c><c r=\"C2\" s=\"2\"><v>0.125</v></c><c r=\"D2\" s=\"3\"><v>1234.5</v></c>",
                text("A2", "Abel")
            ),
        ],
        &[],
        &["0000000", "0.0%", "#,##0.00\\ \"€\""],
    );
    check(
        "staff.xlsx",
        &staff,
        "Excel workbook",
        &[(0, "Name: Abel | Badge: 0004210 | Share: 12.5% | Price: 1,234.50 €")],
        &[],
        &[],
    );
    let members = workbook(
        &[
            &format!("{}<c r=\"B1\"><v>2021</v></c><c r=\"C1\"><v>2022</v></c>", text("A1", "Club")),
            &format!("{}<c r=\"B2\"><v>47</v></c><c r=\"C2\"><v>50</v></c>", text("A2", "Chess")),
        ],
        &[],
        &[],
    );
    check("members.xlsx", &members, "Excel workbook", &[(0, "Club: Chess | 2021: 47 | 2022: 50")], &[], &[]);
    let form = workbook(
        &[
            &[text("A1", "Company"), text("B1", "Harbour Tools Ltd")].concat(),
            &[text("A2", "Contact"), text("B2", "Ines Roth")].concat(),
            &[text("A3", "Telephone"), text("B3", "030 555 0117")].concat(),
        ],
        &[],
        &[],
    );
    check(
        "form.xlsx",
        &form,
        "Excel workbook",
        &[(0, "Company: Harbour Tools Ltd Contact: Ines Roth Telephone: 030 555 0117")],
        &[],
        &["Company: Contact"],
    );
}

#[test]
fn tables_of_values_have_periods_for_names() {
    let bytes = "部门,1月,2月,3月\n装配车间,4210,3980,4120\n喷漆车间,2875,2790,2933\n";
    check(
        "a.csv",
        bytes.as_bytes(),
        "table of values",
        &[(0, "部门: 喷漆车间 | 1月: 2875 | 2月: 2790 | 3月: 2933")],
        &[],
        &[],
    );
}

#[test]
fn word_tables_repeat_merged_cells_in_each_row() {
    let cell = |text: &str, merge: &str| {
        format!("<w:tc><w:tcPr>{merge}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let table = [
        row(&["Department", "Person", "Extension"].map(|name| cell(name, ""))),
        row(&[cell("Museum", "<w:vMerge w:val=\"restart\"/>"), cell("Abel Frost", ""), cell("331", "")]),
        row(&[cell("", "<w:vMerge/>"), cell("Cleo Hahn", ""), cell("333", "")]),
        row(&[cell("Archive", ""), cell("Dina Roos", ""), cell("341", "")]),
    ];
    let document = format!(
        "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:tbl><w:tblGrid><w:gridCol/><w:gridCol/>\
         <w:gridCol/></w:tblGrid>{}</w:tbl></w:body></w:document>",
        table.concat()
    );
    let bytes = packed(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/word/document.xml\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>",
        ),
        ("word/document.xml", &document),
    ]);
    check(
        "list.docx",
        &bytes,
        "Word document",
        &[
            (0, "Department: Museum | Person: Cleo Hahn | Extension: 333"),
            (0, "Department: Archive | Person: Dina Roos"),
        ],
        &[],
        &[],
    );
}

#[test]
fn html_tables_resolve_spans_and_row_headers() {
    let html = "<html><body><table><tr><th rowspan=2>Region</th><th colspan=2>2022</th><th colspan=2>2023</th></tr>\
        <tr><th>Q1</th><th>Q2</th><th>Q1</th><th>Q2</th></tr><tr><td rowspan=2>North</td><td>410</td><td>455</td><td>502</td><td>538</td></tr>\
        <tr><td>411</td><td>456</td><td>503</td><td>539</td></tr></table>\
        <table><tr><th colspan=2>Harbour Tools</th></tr><tr><th>Founded</th><td>1902</td></tr><tr><th>Seat</th><td>Tromsdal</td></tr></table>";
    check(
        "a.html",
        html.as_bytes(),
        "HTML",
        &[
            (0, "Region: North | 2022 Q1: 410 | 2022 Q2: 455 | 2023 Q1: 502 | 2023 Q2: 538"),
            (0, "Region: North | 2022 Q1: 411"),
            (0, "Harbour Tools Founded: 1902 Seat: Tromsdal"),
        ],
        &[],
        &[],
    );
}

#[test]
fn rows_of_markdown_tables_name_their_columns() {
    let rows: String = (0..120).map(|row| format!("| B-{row} | {} | {} |\n", row % 17, row % 5)).collect();
    let text = format!(
        "# Bolts\n\nAs of May.\n\n| Bolt | Torque in Nm | Bags |\n| --- | --: | --- |\n{rows}\nMore in June.\n\n- a | b\n"
    );
    let document = check(
        "bolts.md",
        text.as_bytes(),
        "Markdown",
        &[(0, "Bolt: B-77 | Torque in Nm: 9 | Bags: 2"), (0, "More in June. - a | b")],
        &["Bolts"],
        &["| ---"],
    );
    assert!(document.pages[0].text.contains("\nBolt: B-78 | Torque"), "one line for each row");
    let fenced = "```\n| a | b |\n|---|---|\n| 1 | 2 |\n```\n";
    assert_eq!(collapsed(&read(fenced.as_bytes(), "a.md").unwrap().pages[0].text), collapsed(fenced));
}
