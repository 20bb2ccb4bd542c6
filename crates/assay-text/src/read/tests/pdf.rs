//! Tests of PDF: forms, comments, bold by overprinting, columns, tables, and headers.

use std::fmt::Write as _;

use super::check;

/// Makes a PDF of pages with one content stream each, and objects numbered from 100 on.
fn pdf(pages: &[(&str, &str)], objects: &[&str]) -> Vec<u8> {
    let kids: String = (0..pages.len()).map(|page| format!("{} 0 R ", 10 + 2 * page)).collect();
    let mut numbered = vec![
        (1, "<< /Type /Catalog /Pages 2 0 R >>".to_owned()),
        (2, format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len())),
        (3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned()),
    ];
    for (page, (content, annotations)) in (0..).zip(pages) {
        let number = 10 + 2 * page;
        numbered.push((
            number,
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R /Annots [{annotations}] >>",
                number + 1
            ),
        ));
        numbered.push((number + 1, format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len())));
    }
    numbered.extend((100..).zip(objects.iter().map(|object| (*object).to_owned())));
    let mut out = "%PDF-1.5\n".to_owned();
    let mut table = String::new();
    for (number, body) in &numbered {
        let _ = write!(table, "{number} 1\n{:010} 00000 n \n", out.len());
        let _ = write!(out, "{number} 0 obj\n{body}\nendobj\n");
    }
    let size = numbered.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
    let start = out.len();
    let _ = write!(
        out,
        "xref\n0 1\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    out.into_bytes()
}

/// Shows texts at (x, y) in a type of size 11.
fn show(texts: &[(f64, f64, &str)]) -> String {
    texts.iter().map(|(x, y, text)| format!("BT /F1 11 Tf {x} {y} Td ({text}) Tj ET\n")).collect()
}

#[test]
fn form_fields_have_their_values_and_comments_are_read() {
    let content = show(&[
        (60.0, 740.0, "Surname:"),
        (60.0, 710.0, "Number plate:"),
        (60.0, 680.0, "Zone:"),
        (60.0, 650.0, "Fee paid"),
        (60.0, 600.0, "The permit is sent by post."),
    ]);
    let bytes = pdf(
        &[(&content, "100 0 R 101 0 R 102 0 R 103 0 R 104 0 R")],
        &[
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (surname) /V (Castellanos) /Rect [200 736 420 754] /DA (/F1 11 Tf 0 g) >>",
            "<< /Type /Annot /Subtype /Widget /Parent 105 0 R /Rect [200 706 420 724] >>",
            "<< /Type /Annot /Subtype /Widget /FT /Ch /V <FEFF004800610066006E> /Rect [200 676 420 694] /DA (/F1 0 Tf) >>",
            "<< /Type /Annot /Subtype /Widget /FT /Btn /AS /Yes /Rect [200 646 214 660] >>",
            "<< /Type /Annot /Subtype /Text /T (Ida) /M (D:20260302100000Z) /Contents (Ask for the receipt.) /Rect [10 10 20 20] >>",
            "<< /FT /Tx /T (plate) /V (HH QT 4471) /DA (/F1 11 Tf 0 g) >>",
        ],
    );
    let document = check(
        "permit.pdf",
        &bytes,
        "PDF",
        &[
            (0, "Surname: Castellanos Number plate: HH QT 4471 Zone: Hafn Fee paid: [x]"),
            (0, "The permit is sent by post. Comment by Ida, 2026-03-02: Ask for the receipt."),
        ],
        &["Comments"],
        &[],
    );
    assert!(document.pages[0].text.contains("\nNumber plate: HH QT 4471\n"), "{}", document.pages[0].text);
}

#[test]
fn bold_by_overprinting_is_read_once() {
    let mut texts = vec![(60.0, 700.0, "Grand total 4,815.20 euros"), (60.35, 700.0, "Grand total 4,815.20 euros")];
    let letters = ["F", "u", "n", "d", "s"];
    for (x, letter) in [60.0, 66.7, 72.8, 78.9, 85.0].into_iter().zip(letters) {
        texts.extend([(x, 660.0, letter), (x + 0.3, 660.0, letter)]);
    }
    check(
        "statement.pdf",
        &pdf(&[(&show(&texts), "")], &[]),
        "PDF",
        &[(0, "Grand total 4,815.20 euros"), (0, "Funds")],
        &[],
        &["eurosGrand", "FFunds", "Fuun"],
    );
}

#[test]
fn columns_are_read_one_after_the_other_and_tables_by_row() {
    let columns = show(&[
        (60.0, 750.0, "The lock keeper opens the upper gate"),
        (320.0, 750.0, "The ferry to the island runs from"),
        (60.0, 735.0, "only after the lower gate has been"),
        (320.0, 735.0, "spring to autumn. It carries twelve"),
        (60.0, 720.0, "closed and the water stands level."),
        (320.0, 720.0, "passengers and two bicycles."),
    ]);
    check(
        "leaflet.pdf",
        &pdf(&[(&columns, "")], &[]),
        "PDF",
        &[
            (0, "opens the upper gate only after the lower gate has been closed"),
            (0, "carries twelve passengers and two bicycles."),
        ],
        &[],
        &[],
    );
    let table = show(&[
        (60.0, 790.0, "Boat store, price list of May"),
        (60.0, 750.0, "Article"),
        (330.0, 750.0, "Pieces"),
        (455.0, 750.0, "Price in euros"),
        (60.0, 732.0, "Ash oar, long"),
        (354.5, 732.0, "4"),
        (502.5, 732.0, "61.50"),
        (60.0, 716.0, "Life vest, adult"),
        (349.0, 716.0, "16"),
        (502.5, 716.0, "72.40"),
    ]);
    let document = check(
        "prices.pdf",
        &pdf(&[(&table, "")], &[]),
        "PDF",
        &[(0, "Article: Life vest, adult | Pieces: 16 | Price in euros: 72.40")],
        &[],
        &[],
    );
    assert!(document.pages[0].text.contains("\nArticle: Life vest"), "one line for each row");
}

#[test]
fn pages_made_from_one_form_keep_their_labels_and_amounts() {
    let contents: Vec<String> = (1..=6)
        .map(|number| {
            show(&[
                (60.0, 800.0, "Harbour Tools Ltd"),
                (60.0, 770.0, &format!("Payslip for person {number}")),
                (60.0, 730.0, "Gross pay"),
                (60.0, 714.0, &format!("3,42{number}.00")),
                (60.0, 680.0, "Net pay"),
                (60.0, 664.0, &format!("2,33{number}.70")),
                (280.0, 30.0, &format!("Page {number} of 6")),
            ])
        })
        .collect();
    let pages: Vec<(&str, &str)> = contents.iter().map(|content| (content.as_str(), "")).collect();
    check(
        "payslips.pdf",
        &pdf(&pages, &[]),
        "PDF",
        &[(3, "Payslip for person 4 Gross pay 3,424.00 Net pay 2,334.70")],
        &[],
        &["Page 4"],
    );
}
