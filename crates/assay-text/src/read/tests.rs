mod parts;
mod tables;
mod margins;
mod pdf;

use assay_domain::port::Ocr;
use assay_domain::{
    Extractor, Failure, FaultKind, OcrFault, PageOutcome, Picture, Problem, ReadDocument, RecognisedText,
};

use crate::{FORMATS, OcrLimits, ReadOptions, Step, TextError, read, read_with};

fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/documents").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a file and checks text on pages (counted from 0), heading paths, and text that must be absent.
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
fn undecodable_characters_are_reported() {
    const CHINESE: &str = "灯塔看守人每晚七点点灯，清晨再把它熄灭。\n";
    const FRENCH: &str = "Le gardien du phare éteint la lampe à l’aube.\n";
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let latin = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let stray: &[u8] = b"\xFF\xFE\xC0\x80\xED\xA0\x80\xF8\x88\n";
    for (name, bytes, holds, said) in [
        (
            "gbk line",
            [CHINESE.as_bytes(), &gbk("渡船九点离开码头。\n")].concat(),
            "渡船九点离开码头",
            "one line is in another",
        ),
        ("gbk lines", [&gbk(CHINESE).repeat(9), CHINESE.as_bytes()].concat(), "清晨", "9 lines are in another"),
        ("latin line", [FRENCH.as_bytes(), &latin(FRENCH)].concat(), "éteint", "one line is in another"),
        (
            "stray bytes",
            [&b"Nine ships. ".repeat(9)[..], b"\n", stray].concat(),
            "Nine ships.",
            "9 characters are unreadable",
        ),
        ("stray byte", [FRENCH.as_bytes(), b"\xE9\n", CHINESE.as_bytes()].concat(), "éteint", "one line is in another"),
        ("torn", [CHINESE.trim_end().as_bytes(), b"\xE7\n"].concat(), "清晨", "unreadable"),
        ("gbk", [gbk(CHINESE), gbk("联通\n")].concat(), "联通", ""),
        ("dashes", latin(&format!("{FRENCH}————————\n«…»\n")), "————", ""),
        ("a sign of its own", "one \u{FFFD}".into(), "one", ""),
    ] {
        let document = read(&bytes, "a.txt").unwrap_or_else(|error| panic!("{name}: {error}"));
        let page = &document.pages[0];
        let reason = page.outcome.fault().map_or("", |fault| fault.reason.as_str());
        assert!(page.text.contains(holds), "{name}: {:?}", page.text);
        assert!(page.outcome.fault().is_none_or(|fault| fault.kind == FaultKind::Encoding), "{name}");
        assert!(reason.contains(said) && reason.is_empty() == said.is_empty(), "{name}: {reason:?}");
        assert_eq!(document.pages_with_text(), 1, "{name}");
    }
    let noise: Vec<u8> = (0..4000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8 | 1).collect();
    assert!(matches!(read(&noise, "a.txt"), Err(TextError::Unsupported { .. })), "noise is no text");
}

#[test]
fn markdown_is_kept_unchanged() {
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
fn html_is_read_as_a_browser_shows_it() {
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
fn reads_the_fixtures() {
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
fn each_refusal_names_its_cause() {
    let png = b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".to_vec();
    for (name, bytes, problem) in [
        ("empty.txt", Vec::new(), Problem::EmptyFile),
        ("blank.txt", b" \n\t ".to_vec(), Problem::EmptyFile),
        ("a.png", png.clone(), Problem::ScannedFile),
        ("picture.txt", png, Problem::ScannedFile),
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
fn reliable_languages_are_detected() {
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
fn formats_do_not_share_extensions() {
    let mut extensions: Vec<&str> = FORMATS.iter().flat_map(|format| format.extensions).copied().collect();
    extensions.sort_unstable();
    let all = extensions.len();
    extensions.dedup();
    assert_eq!(extensions.len(), all);
    assert!(FORMATS.iter().all(|format| !format.located_by.is_empty()));
    assert_eq!(TextError::Empty.to_string(), "the file is empty (0 bytes)");
}

/// OCR that returns the same result for every picture, after checking that something is drawn on it.
struct FakeOcr(Result<Vec<RecognisedText>, OcrFault>);

impl Ocr for FakeOcr {
    fn recognise(&self, picture: &Picture<'_>) -> Result<Vec<RecognisedText>, OcrFault> {
        if let Picture::Grey { width, height, pixels } = picture {
            assert_eq!(pixels.len(), *width as usize * *height as usize);
            assert!(pixels.len() <= 2_000_000 && pixels.iter().any(|pixel| *pixel < 128), "the page is drawn");
        }
        self.0.clone()
    }
}

/// Reads a fixture and checks extractor and outcome of each page.
fn check_rows(name: &str, ocr: Option<&FakeOcr>, avoid: &[Step], expected: &[(Extractor, &str)]) {
    let limits = OcrLimits { pixels: 2_000_000, ..OcrLimits::default() };
    let options = ReadOptions { ocr: ocr.map(|ocr| ocr as &dyn Ocr), limits, avoid, ..ReadOptions::default() };
    let document = read_with(&fixture(name), name, &options).unwrap_or_else(|error| panic!("{name}: {error}"));
    let rows = document.page_rows();
    let found: Vec<(Extractor, &str)> = rows.iter().map(|row| (row.extractor, row.outcome.as_str())).collect();
    assert_eq!(found, expected, "{name} without {avoid:?}");
}

#[test]
fn each_page_is_read_by_the_first_extractor_that_can() {
    use Extractor::{Format, None as Nothing, Ocr, PdfExtract, Second};
    let ocr = FakeOcr(Ok(vec![RecognisedText { text: "words".into(), confidence: 90 }]));
    let without = |page, extractor| Step { page, extractor };
    let pages = "two-pages-one-empty.pdf";
    check_rows(pages, None, &[], &[(PdfExtract, "text"), (Nothing, "empty"), (PdfExtract, "text")]);
    check_rows(pages, None, &[without(3, PdfExtract)], &[(PdfExtract, "text"), (Nothing, "empty"), (Second, "text")]);
    check_rows(pages, None, &[without(0, PdfExtract)], &[(Second, "text"), (Nothing, "empty"), (Second, "text")]);
    check_rows(
        pages,
        None,
        &[without(1, PdfExtract), without(1, Second)],
        &[(Nothing, "failed"), (Nothing, "empty"), (PdfExtract, "text")],
    );
    check_rows("recursion.pdf", None, &[without(0, PdfExtract)], &[(Second, "text")]);
    check_rows("owner-encrypted.pdf", None, &[without(0, PdfExtract)], &[(Second, "text"), (Second, "text")]);
    check_rows("scanned.pdf", Some(&ocr), &[], &[(Ocr, "text")]);
    check_rows("written.png", Some(&ocr), &[], &[(Ocr, "text")]);
    check_rows("table.docx", Some(&ocr), &[], &[(Format, "text")]);
}

#[test]
fn an_unread_scan_names_the_cause() {
    let missing = FakeOcr(Err(OcrFault::Missing("install Tesseract to read it".into())));
    let unsure = FakeOcr(Ok(vec![RecognisedText { text: String::new(), confidence: 40 }]));
    for (name, ocr, limit, words) in [
        ("scanned.pdf", None, 10, "install Tesseract"),
        ("scanned.pdf", Some(&missing), 10, "install Tesseract"),
        ("scanned.pdf", Some(&unsure), 10, "not sure of its words (40 of 100)"),
        ("scanned.pdf", Some(&unsure), 0, "only 0 pages"),
        ("written.png", None, 10, "install Tesseract"),
        ("written.png", Some(&unsure), 10, "not sure"),
    ] {
        let limits = OcrLimits { pages: limit, pixels: 2_000_000 };
        let options = ReadOptions { ocr: ocr.map(|ocr| ocr as &dyn Ocr), limits, ..ReadOptions::default() };
        let error = read_with(&fixture(name), name, &options).expect_err(name);
        assert!(matches!(error, TextError::Scanned { .. }) && error.to_string().contains(words), "{name}: {error}");
    }
}
