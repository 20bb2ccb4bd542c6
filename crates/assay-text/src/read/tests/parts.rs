//! Tests of formats made of parts (packages, mail, tables) and of inputs that attack their readers.

use std::sync::Mutex;

use assay_domain::{Extractor, Failure, PageOutcome, Problem, RecognisedText};

use super::{FakeOcr, check, fixture};
use crate::{FORMATS, ReadOptions, Step, read, read_with};

/// Makes an archive of these parts.
pub(super) fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Makes a presentation of slides with a title and a line each.
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
fn slides_sheets_chapters_and_messages_become_pages() {
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

/// Encodes bytes for a mail (RFC 4648).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let padded = [three[0], three.get(1).copied().unwrap_or(0), three.get(2).copied().unwrap_or(0)];
        let bits = padded.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        let digit =
            |place: usize| if place > three.len() { '=' } else { char::from(DIGITS[bits >> (18 - 6 * place) & 63]) };
        (0..4).map(digit).collect::<String>()
    };
    bytes.chunks(3).map(group).collect::<Vec<_>>().chunks(19).map(|line| line.concat() + "\r\n").collect()
}

/// Makes a mail with these files attached.
fn mail_with(files: &[(&str, &[u8])]) -> Vec<u8> {
    let attachment = |(name, bytes): &(&str, &[u8])| {
        format!(
            "--b\r\nContent-Type: application/octet-stream; name=\"{name}\"\r\nContent-Disposition: attachment; \
             filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            base64(bytes)
        )
    };
    let parts: String = files.iter().map(attachment).collect();
    format!(
        "Subject: Lamps\r\nFrom: ida@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSee the files.\r\n{parts}--b--\r\n"
    )
    .into_bytes()
}

#[test]
fn attachments_are_recognised_within_the_limits_of_the_file() {
    let scan = fixture("scanned.pdf");
    let mail = mail_with(&[("a.pdf", &scan), ("b.pdf", &scan)]);
    let ocr = FakeOcr(Ok(vec![RecognisedText { text: "Lit at seven.".into(), confidence: 90 }]));
    for (pages, texts) in [(2, ["Lit at seven.", "Lit at seven."]), (1, ["Lit at seven.", ""])] {
        let limits = crate::OcrLimits { pages, pixels: 2_000_000 };
        let options = ReadOptions { ocr: Some(&ocr), limits, ..ReadOptions::default() };
        let document = read_with(&mail, "a.eml", &options).unwrap();
        let found: Vec<&str> = document.pages.iter().skip(1).map(|page| page.text.as_str()).collect();
        assert_eq!(found, texts);
        assert_eq!(document.pages[1].heading_at(0), Some("Lamps > a.pdf > 1"));
        assert_eq!(document.pages[1].extractor, Extractor::Ocr);
    }
}

#[test]
fn an_attachment_that_crashes_its_reader_is_named_and_left_out() {
    let inner = mail_with(&[("stock.csv", b"Place,Lamps\nLoft,4\n")]);
    let mail = mail_with(&[("two.pdf", &fixture("two-pages-one-empty.pdf")), ("inner.eml", &inner)]);
    let steps = Mutex::new(Vec::new());
    let on_step = |step: Step| steps.lock().unwrap().push((step.page, step.extractor));
    let document = read_with(&mail, "a.eml", &ReadOptions { on_step: &on_step, ..ReadOptions::default() }).unwrap();
    assert_eq!(document.pages.len(), 6, "message, three pages, inner message, table");
    let steps = steps.into_inner().unwrap();
    for step in [(2, Extractor::Format), (2, Extractor::PdfExtract), (4, Extractor::PdfExtract), (5, Extractor::Format)]
    {
        assert!(steps.contains(&step), "{step:?} is missing: {steps:?}");
    }
    assert_eq!(steps.last(), Some(&(6, Extractor::Format)), "the attachment of the inner message");
    for (page, extractor, name, kept) in [
        (2, Extractor::Format, "two.pdf", "Loft"),
        (5, Extractor::Format, "inner.eml", "Page three"),
        (6, Extractor::Format, "stock.csv", "Page three"),
    ] {
        let avoid = [Step { page, extractor }];
        let document = read_with(&mail, "a.eml", &ReadOptions { avoid: &avoid, ..ReadOptions::default() }).unwrap();
        let reason = document.pages.iter().find_map(|page| page.outcome.fault()).map(|fault| fault.reason.as_str());
        assert!(reason.is_some_and(|reason| reason.contains(name) && reason.contains("crashed")), "{name}: {reason:?}");
        assert!(document.pages.iter().any(|page| page.text.contains(kept)), "{name}: {kept} is lost");
    }
    let avoid = [Step { page: 2, extractor: Extractor::PdfExtract }];
    let document = read_with(&mail, "a.eml", &ReadOptions { avoid: &avoid, ..ReadOptions::default() }).unwrap();
    assert_eq!(document.pages[1].extractor, Extractor::Second, "the other extractor reads the attachment");
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

/// The README's table and [`FORMATS`] agree.
#[test]
fn the_readme_lists_the_formats() {
    let readme = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for format in FORMATS {
        let row = format!("| {} | {} |", format.name, format.located_by);
        assert!(readme.contains(&row), "the README's table of formats lacks `{row}`");
    }
}
