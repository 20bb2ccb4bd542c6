//! Formats made of parts: packages, mail, tables, and what would break their readers.

use assay_domain::{Failure, PageOutcome, Problem};

use super::check;
use crate::{FORMATS, read};

/// An archive of these parts.
fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A presentation of slides with a title and a line each.
fn presentation(slides: &[(&str, &str)]) -> Vec<u8> {
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let names = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
        xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" \
        xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
    let relations = |rows: String| {
        format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{rows}</Relationships>"
        )
    };
    let numbers = || 1..=slides.len();
    let ids: String = numbers().map(|n| format!("<p:sldId id=\"{}\" r:id=\"rId{n}\"/>", 255 + n)).collect();
    let rows =
        numbers().map(|n| format!("<Relationship Id=\"rId{n}\" Type=\"{OFFICE}/slide\" Target=\"slides/s{n}.xml\"/>"));
    let shape = |kind: &str, words: &str| {
        format!(
            "<p:sp><p:nvSpPr><p:nvPr><p:ph type=\"{kind}\"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>{words}</a:t></a:r></a:p></p:txBody></p:sp>"
        )
    };
    let mut parts = vec![
        (
            "_rels/.rels".to_owned(),
            relations(format!(
                "<Relationship Id=\"r\" Type=\"{OFFICE}/officeDocument\" Target=\"ppt/presentation.xml\"/>"
            )),
        ),
        (
            "ppt/presentation.xml".to_owned(),
            format!("<p:presentation {names}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>"),
        ),
        ("ppt/_rels/presentation.xml.rels".to_owned(), relations(rows.collect())),
    ];
    for (n, (title, line)) in (1..).zip(slides).filter(|(_, (title, _))| !title.is_empty()) {
        let shapes = shape("title", title) + &shape("body", line);
        let slide = format!("<p:sld {names}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>");
        parts.push((format!("ppt/slides/s{n}.xml"), slide));
    }
    let parts: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    packed(&parts)
}

#[test]
fn reads_slides_sheets_chapters_and_messages_as_pages() {
    let slides = presentation(&[("Lamps", "Lit at seven."), ("", ""), ("Ferries", "The first leaves at nine.")]);
    let document = check(
        "boats.bin",
        &slides,
        "PowerPoint presentation",
        &[(0, "Lit at seven."), (2, "The first leaves at nine.")],
        &["Lamps", "Ferries"],
        &["slide"],
    );
    assert!(matches!(document.pages[1].outcome, PageOutcome::Failed(_)), "{:?}", document.pages[1]);

    let odp = packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.presentation"),
        (
            "content.xml",
            "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
            xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" \
            xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:presentation>\
            <draw:page draw:name=\"a\"><draw:frame><draw:text-box><text:p>Lit at seven.</text:p></draw:text-box></draw:frame></draw:page>\
            <draw:page draw:name=\"b\"/>\
            <draw:page draw:name=\"c\"><draw:frame><draw:text-box><text:p>Out at dawn.</text:p></draw:text-box></draw:frame></draw:page>\
            </office:presentation></office:body></office:document-content>",
        ),
    ]);
    check("a.odp", &odp, "OpenDocument presentation", &[(0, "Lit at seven."), (2, "Out at dawn.")], &[], &["slide"]);

    let book = packed(&[
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", "<container><rootfiles><rootfile full-path=\"o/b.opf\"/></rootfiles></container>"),
        (
            "o/b.opf",
            "<package><metadata><dc:title>The Keeper</dc:title></metadata><manifest><item id=\"2\" href=\"../two%20.xhtml\"/>\
            <item id=\"1\" href=\"one.xhtml\"/></manifest><spine><itemref idref=\"1\"/><itemref idref=\"2\"/></spine></package>",
        ),
        ("o/one.xhtml", "<html><body><h1>Evening</h1><p>Lit at seven.</p></body></html>"),
        ("two .xhtml", "<html><head><title>Morning</title></head><body><p>Out at dawn.</p></body></html>"),
    ]);
    let document = check(
        "a.epub",
        &book,
        "EPUB book",
        &[(0, "The Keeper Evening Lit at seven."), (1, "Out at dawn.")],
        &["Evening", "Morning"],
        &[],
    );
    assert_eq!(document.pages[0].heading_at(document.pages[0].text.find("Lit").unwrap()), Some("Evening"));

    let mail = "From: Ida Berg <ida@example.org>\r\nTo: per@example.org\r\nSubject: =?utf-8?B?54Gv5aGU?=\r\nDate: Fri, 1 Mar 2024 09:00:00 +0000\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nThe lamp is lit.\r\n\
        --b\r\nContent-Type: text/csv; name=stock.csv\r\nContent-Disposition: attachment; filename=stock.csv\r\n\r\nPlace,Lamps\r\nLoft,4\r\n\
        --b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Inner\r\nFrom: per@example.org\r\n\r\nOut at dawn.\r\n\
        --b\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Disposition: attachment; filename=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAwQFBgcAAQIDBAUGBw==\r\n--b--\r\n";
    let document = check(
        "a.txt",
        mail.as_bytes(),
        "e-mail message",
        &[
            (
                0,
                "灯塔 From: Ida Berg <ida@example.org> To: per@example.org Date: 2024-03-01T09:00:00Z The lamp is lit.",
            ),
            (1, "Place: Loft | Lamps: 4"),
            (2, "Inner From: per@example.org Out at dawn."),
        ],
        &["灯塔", "灯塔 > stock.csv > A1:B2", "Inner"],
        &[],
    );
    assert!(matches!(&document.pages[3].outcome, PageOutcome::Failed(why) if why.reason.contains("a.bin")));
    let mailbox = format!(
        "From ida@example.org Fri Mar  1 09:00:00 2024\n{mail}\nFrom per@example.org Fri Mar  1 10:00:00 2024\nSubject: Later\nFrom: x@example.org\n\nNine.\n"
    );
    check("inbox", mailbox.replace('\r', "").as_bytes(), "mailbox", &[(0, "lit"), (4, "Nine.")], &["Later"], &[]);
}

#[test]
fn reads_tables_notebooks_subtitles_and_code() {
    let gbk = encoding_rs::GBK.encode("仪器;数量\n溶解氧仪;\"4,5\"\n").0.into_owned();
    check("a.csv", &gbk, "table of values", &[(0, "仪器: 溶解氧仪 | 数量: 4,5")], &["A1:B2"], &[]);
    let notebook = r##"{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": ["# Tides\n", "By hour."]},
        {"cell_type": "code", "source": "print(1)", "outputs": [{"text": ["1\n"]}]}]}"##;
    check(
        "a.json",
        notebook.as_bytes(),
        "Jupyter notebook",
        &[(0, "Tides By hour. print(1) 1")],
        &["Tides", "Tides > [2]"],
        &[],
    );
    let subtitles =
        "1\n00:00:01,000 --> 00:00:02,500\n<i>Lit</i> at seven.\n\n2\n00:00:03,000 --> 00:00:04,000\nOut at dawn.\n";
    check(
        "a.txt",
        subtitles.as_bytes(),
        "subtitles",
        &[(0, "Lit at seven. Out at dawn.")],
        &["00:00:01–00:00:04"],
        &["<i>", "-->"],
    );
    check(
        "tide.py",
        b"class Tide:\n    def height(self):\n        return 1\n",
        "source code",
        &[(0, "return 1")],
        &["Tide > height > L2–3"],
        &[],
    );
    check("a.doc", b"{\\rtf1\\ansi Lit at seven.}", "rich text", &[(0, "Lit at seven.")], &[], &[]);
}

#[test]
fn refuses_bombs() {
    let zeros = "0".repeat(64 << 20);
    let deep = format!("<html>{}", "<div>".repeat(20_000));
    let bold = format!("<html>{}", "<b class=x><p>".repeat(20_000));
    for (name, bytes) in [
        ("bomb.docx", packed(&[("word/document.xml", &zeros)])),
        ("bomb.epub", packed(&[("mimetype", "application/epub+zip"), ("a", &zeros)])),
        ("deep.html", deep.into_bytes()),
        ("bold.html", bold.into_bytes()),
    ] {
        let failure = Failure::from(read(&bytes, name).expect_err(name));
        assert_eq!(failure.problem, Problem::TooLarge, "{name}: {failure}");
    }
}

/// The README's table and [`FORMATS`] say the same.
#[test]
fn the_readme_lists_the_formats() {
    let readme = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for format in FORMATS {
        let row = format!("| {} | {} |", format.name, format.located_by);
        assert!(readme.contains(&row), "the README's table of formats lacks `{row}`");
    }
}
