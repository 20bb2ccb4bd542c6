use assay_domain::{Failure, PageOutcome, Problem, ReadDocument};

use crate::{FORMATS, TextError, read};

fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/documents").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads and looks for words on pages (counted from 0), heading paths, and words that must not be there.
fn check(
    name: &str,
    bytes: &[u8],
    format: &str,
    holds: &[(usize, &str)],
    headings: &[&str],
    lacks: &[&str],
) -> ReadDocument {
    let document = read(bytes, name).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(document.format, format, "{name}");
    assert_eq!(document.hash, blake3::hash(bytes).to_hex().to_string());
    for (page, words) in holds {
        let text = collapsed(&document.pages[*page].text);
        assert!(text.contains(words), "{name}: page {page} lacks {words:?}: {text:?}");
    }
    let all: String = document.pages.iter().map(|page| page.text.as_str()).collect();
    for words in lacks {
        assert!(!all.contains(words), "{name} has {words:?}: {all:?}");
    }
    let paths: Vec<&str> =
        document.pages.iter().flat_map(|page| &page.headings).map(|(_, path)| path.as_str()).collect();
    for path in headings {
        assert!(paths.contains(path), "{name} lacks heading {path:?}: {paths:?}");
    }
    for page in &document.pages {
        assert!(page.headings.iter().all(|(at, _)| page.text.is_char_boundary(*at) && *at < page.text.len()));
        assert!(!page.text.contains(['\r', '\0', '\u{FFFD}']), "{name}: {:?}", page.text);
    }
    document
}

#[test]
fn reads_plain_text_in_any_encoding() {
    const CHINESE: &str = "灯塔看守人每晚七点点灯，清晨再把它熄灭。渡船第一班在九点离开码头。";
    let german =
        "Die Fähre fährt täglich über den Fluß, außer an Sonntagen und wenn der Nebel zu dicht für die Überfahrt ist.";
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(CHINESE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let unmarked: Vec<u8> = "The lamp is lit at seven.".encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (name, bytes, expected) in [
        ("utf8.txt", CHINESE.as_bytes().to_vec(), CHINESE),
        ("mark.txt", format!("\u{FEFF}{german}").into_bytes(), german),
        ("gb18030.txt", encoding_rs::GB18030.encode(CHINESE).0.into_owned(), CHINESE),
        (
            "big5.txt",
            encoding_rs::BIG5
                .encode("燈塔看守人每晚七點點燈，清晨再把它熄滅。渡船第一班在九點離開碼頭。")
                .0
                .into_owned(),
            "燈塔看守人每晚七點點燈，清晨再把它熄滅。渡船第一班在九點離開碼頭。",
        ),
        (
            "sjis.txt",
            encoding_rs::SHIFT_JIS.encode("灯台守は毎晩七時に明かりをともし、朝になると消します。").0.into_owned(),
            "灯台守は毎晩七時に明かりをともし、朝になると消します。",
        ),
        ("latin.txt", encoding_rs::WINDOWS_1252.encode(german).0.into_owned(), german),
        ("wide.txt", wide, CHINESE),
        (
            "four.txt",
            ['\u{FEFF}'].into_iter().chain(CHINESE.chars()).flat_map(|c| u32::from(c).to_be_bytes()).collect(),
            CHINESE,
        ),
        ("jis.txt", encoding_rs::ISO_2022_JP.encode("灯台守は毎晩七時に").0.into_owned(), "灯台守は毎晩七時に"),
        ("unmarked.txt", unmarked, "The lamp is lit at seven."),
        ("lines.txt", b"one\r\ntwo\rthree".to_vec(), "one two three"),
    ] {
        check(name, &bytes, "plain text", &[(0, expected)], &[], &["\u{FEFF}"]);
    }
}

#[test]
fn reads_markdown_as_it_is_written() {
    let text = "---\ntitle: Ferry\n---\n\n# Ferry *timetable*\n\nSome `code`.\n\n```\n# not a heading\n```\n\n## Summer\r\n\nNine.\n\nWinter\n------\n\nTen.\n";
    let document = check(
        "a.md",
        text.as_bytes(),
        "Markdown",
        &[(0, "Some `code`.")],
        &["Ferry timetable", "Ferry timetable > Summer", "Ferry timetable > Winter"],
        &[],
    );
    let page = &document.pages[0];
    assert_eq!(page.text, text.replace("\r\n", "\n"));
    assert_eq!(page.headings.len(), 3);
    assert_eq!(page.heading_at(page.text.find("Nine").unwrap()), Some("Ferry timetable > Summer"));
    assert_eq!(page.heading_at(0), None);
}

#[test]
fn reads_html_as_a_browser_shows_it() {
    let html = "<!doctype html><html><head><title>T</title><style>p{}</style></head><body><h1>Boats</h1>\
        <script>MUST NOT</script><p>One <b>lamp</b>,<br>lit &amp; bright.</p><p hidden>MUST NOT</p><div style='display: none'>MUST NOT</div>\
        <h2>Times</h2><table><caption>Daily</caption><tr><th>Place<th>Hour</tr><tr><td>Boat house</td><td>11</td></tr></table>\
        <ul><li>first<li>second</ul><pre>a\n  b</pre><!-- MUST NOT --><noscript>MUST NOT</noscript></body></html>";
    let document = check(
        "boats.txt",
        html.as_bytes(),
        "HTML",
        &[
            (0, "One lamp, lit & bright."),
            (0, "Daily Place | Hour Place: Boat house | Hour: 11"),
            (0, "- first - second"),
        ],
        &["Boats", "Boats > Times"],
        &["MUST NOT", "p{}"],
    );
    assert!(document.pages[0].text.contains("lamp,\nlit"), "{:?}", document.pages[0].text);
    assert!(document.pages[0].text.contains("a\n  b"), "{:?}", document.pages[0].text);
    let declared = b"<html><meta charset=\"gbk\"><p>\xB5\xC6\xCB\xFE\xBF\xB4\xCA\xD8\xC8\xCB</p>";
    check("gbk.html", declared, "HTML", &[(0, "灯塔看守人")], &[], &[]);
    let deep = format!("<html>{}deep{}", "<div>".repeat(5_000), "</div>".repeat(5_000));
    check("deep.html", deep.as_bytes(), "HTML", &[(0, "deep")], &[], &[]);
}

#[test]
fn reads_the_odd_documents() {
    let shown = "\u{706F}\u{5854}\u{770B}\u{5B88}\u{4EBA}\u{6BCF}\u{665A}\u{4E03}\u{70B9}\u{70B9}\u{706F}";
    let none: &[&str] = &[];
    for (name, format, holds, headings, lacks) in [
        ("gb18030.txt", "plain text", vec![(0, "𠮷")], none, none),
        ("utf16.txt", "plain text", vec![(0, "𠮷")], none, &["\u{FEFF}"][..]),
        (
            "nested.html",
            "HTML",
            vec![(0, "not in the drawer & not under the mat"), (0, "cellar (left hook)"), (0, "Boat house")],
            none,
            &["MUST NOT APPEAR"],
        ),
        ("long-line.md", "Markdown", vec![], none, none),
        (
            "table.docx",
            "Word document",
            vec![(0, "second"), (0, "12:35")],
            &["Ferry timetable", "Ferry timetable > Summer"],
            none,
        ),
        ("two-pages-one-empty.pdf", "PDF", vec![(0, "Page one"), (2, "Page three")], none, none),
        (
            "owner-encrypted.pdf",
            "PDF",
            vec![(0, "The lamp is lit at seven"), (1, "On the second page the lamp is out.")],
            none,
            none,
        ),
        ("chinese-cmap.pdf", "PDF", vec![(0, shown)], none, none),
        ("chinese-cmap-ucs2.pdf", "PDF", vec![(0, shown)], none, none),
        ("recursion.pdf", "PDF", vec![(0, "A form that draws itself.")], none, none),
    ] {
        check(name, &fixture(name), format, &holds, headings, lacks);
    }
    assert_eq!(
        read(&fixture("utf16.txt"), "a.txt").unwrap().pages[0].text,
        read(&fixture("gb18030.txt"), "b.txt").unwrap().pages[0].text
    );
}

#[test]
fn every_page_has_its_row() {
    let document = read(&fixture("two-pages-one-empty.pdf"), "a.pdf").unwrap();
    let rows: Vec<(Option<u32>, &PageOutcome)> =
        document.pages.iter().map(|page| (page.number, &page.outcome)).collect();
    assert_eq!(rows, [(Some(1), &PageOutcome::Text), (Some(2), &PageOutcome::Empty), (Some(3), &PageOutcome::Text)]);
    assert_eq!(document.pages_with_text(), 2);
}

#[test]
fn rows_of_a_table_stay_together() {
    for (name, words) in [("table.docx", &["second", "12:00", "12:35"][..]), ("nested.html", &["Boat house", "11"])] {
        let document = read(&fixture(name), name).unwrap();
        let together = document.pages[0].text.lines().any(|line| {
            let mut rest = line;
            words.iter().all(|word| rest.split_once(word).map(|(_, after)| rest = after).is_some())
        });
        assert!(together, "{name}: {:?}", document.pages[0].text);
    }
}

#[test]
fn refuses_by_cause() {
    let png = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".to_vec();
    for (name, bytes, problem) in [
        ("empty.txt", Vec::new(), Problem::EmptyFile),
        ("blank.txt", b" \n\t ".to_vec(), Problem::EmptyFile),
        ("a.png", png.clone(), Problem::UnsupportedFile),
        ("picture.txt", png, Problem::UnsupportedFile),
        ("a.rtf", b"{\\rtf1 }".to_vec(), Problem::EmptyFile),
        ("a.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(), Problem::UnsupportedFile),
        ("a.pdf", b"just words".to_vec(), Problem::UnsupportedFile),
        ("a.docx", b"just words".to_vec(), Problem::UnsupportedFile),
        (
            "noise.bin",
            (0..4096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect(),
            Problem::UnsupportedFile,
        ),
        ("torn.pdf", b"%PDF-1.7\n1 0 obj\n".to_vec(), Problem::UnreadableFile),
        ("empty.pdf", fixture("empty.pdf"), Problem::EmptyFile),
        ("not-really.pdf", fixture("not-really.pdf"), Problem::UnsupportedFile),
        ("truncated.pdf", fixture("truncated.pdf"), Problem::UnreadableFile),
        ("encrypted.pdf", fixture("encrypted.pdf"), Problem::EncryptedFile),
        ("scanned.pdf", fixture("scanned.pdf"), Problem::ScannedFile),
        ("encrypted.docx", fixture("encrypted.docx"), Problem::EncryptedFile),
        ("truncated.docx", fixture("truncated.docx"), Problem::UnreadableFile),
    ] {
        let error = read(&bytes, name).expect_err(name);
        let message = error.to_string();
        let failure = Failure::from(error);
        assert_eq!(failure.problem, problem, "{name}: {failure}");
        assert!(message.starts_with("the ") && !failure.action.is_empty(), "{name}: {failure}");
    }
}

#[test]
fn tells_the_language_when_sure() {
    for (text, expected) in [
        (
            "The keeper lights the lamp at seven in the evening and puts it out in the morning, when the first ferry leaves.",
            Some("eng"),
        ),
        ("灯塔看守人每晚七点点灯，清晨再把它熄灭。", Some("cmn")),
        ("1 2 3", None),
    ] {
        assert_eq!(read(text.as_bytes(), "a.txt").unwrap().language.as_deref(), expected, "{text}");
    }
}

#[test]
fn formats_do_not_share_names_or_endings() {
    let mut endings: Vec<&str> = FORMATS.iter().flat_map(|format| format.extensions).copied().collect();
    endings.sort_unstable();
    let all = endings.len();
    endings.dedup();
    assert_eq!(endings.len(), all);
    assert!(FORMATS.iter().all(|format| !format.located_by.is_empty()));
    assert_eq!(TextError::Empty.to_string(), "the file is empty (0 bytes)");
}

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
    assert!(matches!(&document.pages[3].outcome, PageOutcome::Failed(why) if why.contains("a.bin")));
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
