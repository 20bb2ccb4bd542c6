//! Tests of headers, footers, comments, notes, links, menus, and the alternative parts of mail.

use super::check;
use super::parts::packed;
use crate::read;

const WORD: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";

#[test]
fn word_headers_footers_comments_notes_and_links_follow_the_text() {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let related = |id: &str, kind: &str, target: &str, mode: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{office}/{kind}\" Target=\"{target}\" {mode}/>")
    };
    let relationships = [
        related("h", "header", "header1.xml", ""),
        related("h2", "header", "header2.xml", ""),
        related("f", "footer", "footer1.xml", ""),
        related("c", "comments", "comments.xml", ""),
        related("n", "footnotes", "footnotes.xml", ""),
        related("l", "hyperlink", "https://statutes.example.org/2024", "TargetMode=\"External\""),
    ];
    let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let document = format!(
        "<w:document {WORD}><w:body><w:p>{}</w:p><w:p><w:commentRangeStart w:id=\"0\"/>{}<w:commentRangeEnd w:id=\"0\"/>\
         <w:r><w:footnoteReference w:id=\"2\"/></w:r></w:p><w:p>{}<w:hyperlink r:id=\"l\">{}</w:hyperlink></w:p></w:body></w:document>",
        run("Supply agreement"),
        run("Thirty days of notice."),
        run("The statutes are in "),
        run("this folder"),
    );
    let header = format!(
        "<w:hdr {WORD}><w:p>{}</w:p><w:p>{}</w:p></w:hdr>",
        run("Brightwater &amp; Sons"),
        run("Our reference: BW/4471/S")
    );
    let page = "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>\
        <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>7</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>";
    let footer = format!("<w:ftr {WORD}><w:p>{}{page}</w:p></w:ftr>", run("Registered in Bergen, page "));
    let comments = format!(
        "<w:comments {WORD}><w:comment w:id=\"0\" w:author=\"Legal\" w:date=\"2026-03-02T10:00:00Z\"><w:p>{}<w:del>{}</w:del></w:p></w:comment></w:comments>",
        run("The supplier agreed to sixty days."),
        run("MUST NOT"),
    );
    let notes = format!(
        "<w:footnotes {WORD}><w:footnote w:id=\"2\"><w:p>{}</w:p></w:footnote></w:footnotes>",
        run("In writing.")
    );
    let bytes = packed(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/word/document.xml\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>",
        ),
        ("word/document.xml", &document),
        (
            "word/_rels/document.xml.rels",
            &format!(
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{}</Relationships>",
                relationships.concat()
            ),
        ),
        ("word/header1.xml", &header),
        ("word/header2.xml", &header),
        ("word/footer1.xml", &footer),
        ("word/comments.xml", &comments),
        ("word/footnotes.xml", &notes),
    ]);
    let document = check(
        "letter.docx",
        &bytes,
        "Word document",
        &[
            (0, "The statutes are in this folder (https://statutes.example.org/2024)"),
            (
                0,
                "Footnote 1: In writing. Header: Brightwater & Sons | Our reference: BW/4471/S Footer: Registered in Bergen, page",
            ),
            (0, "Comment by Legal, 2026-03-02, on “Thirty days of notice.”: The supplier agreed to sixty days."),
        ],
        &["Notes", "Header and footer", "Comments"],
        &["MUST NOT", "page 7"],
    );
    let text = &document.pages[0].text;
    assert_eq!(text.matches("BW/4471/S").count(), 1, "equal headers are written once: {text}");
}

#[test]
fn opendocument_headers_and_comments_follow_the_text() {
    let names = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
        xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
        xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\"";
    let annotation = "<office:annotation><dc:creator>Ida</dc:creator><dc:date>2024-03-01T10:00:00</dc:date><text:p>Sixty days.</text:p></office:annotation>";
    let text = packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.text"),
        (
            "content.xml",
            &format!(
                "<office:document-content {names}><office:body><office:text><text:p>Thirty days of notice.{annotation}</text:p></office:text></office:body>\
                 </office:document-content>"
            ),
        ),
        (
            "styles.xml",
            &format!(
                "<office:document-styles {names}><office:master-styles><style:master-page><style:header><text:p>Reference BW/4471</text:p></style:header>\
                 <style:footer><text:p>Page <text:page-number>1</text:page-number></text:p></style:footer></style:master-page></office:master-styles>\
                 </office:document-styles>"
            ),
        ),
    ]);
    check(
        "a.odt",
        &text,
        "OpenDocument text",
        &[(0, "Thirty days of notice. Header: Reference BW/4471 Footer: Page Comment by Ida, 2024-03-01: Sixty days.")],
        &["Header and footer", "Comments"],
        &["Page 1"],
    );
    let slides = packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.presentation"),
        (
            "content.xml",
            &format!(
                "<office:document-content {names}><office:body><office:presentation>\
                 <draw:page><draw:frame><draw:text-box><text:p>Lit at seven.</text:p></draw:text-box></draw:frame></draw:page>\
                 <draw:page><draw:frame><draw:text-box><text:p>Out at dawn.</text:p></draw:text-box></draw:frame>{annotation}</draw:page>\
                 </office:presentation></office:body></office:document-content>"
            ),
        ),
    ]);
    let document = check(
        "a.odp",
        &slides,
        "OpenDocument presentation",
        &[(1, "Out at dawn. Comment by Ida, 2024-03-01: Sixty days.")],
        &["Comments"],
        &[],
    );
    assert!(!document.pages[0].text.contains("Sixty"), "the comment belongs to its slide");
}

#[test]
fn the_main_content_of_a_web_page_comes_first_and_keeps_its_links() {
    let menu: String = (0..20).map(|n| format!("<li><a href=\"/{n}\">Entry {n}</a></li>")).collect();
    let html = format!(
        "<html><body><div class=\"cookie\">We use cookies.</div><nav><ul>{menu}</ul></nav><div class=\"breadcrumb\">Home / Visit</div>\
         <main><h1>Opening hours</h1><p>From ten to nine.</p><p>Booked <a href=\"https://tickets.example.org/tower?lang=en\">here</a>; write to \
         <a href=\"mailto:tower@example.org\">the keeper</a> or see <a href=\"https://www.example.org/\">www.example.org</a>.</p>\
         <aside>Bring a towel.</aside></main><footer><p>Hours subject to change.</p></footer></body></html>"
    );
    let document = check(
        "pool.html",
        html.as_bytes(),
        "HTML",
        &[(
            0,
            "From ten to nine. Booked here (https://tickets.example.org/tower?lang=en); write to the keeper (tower@example.org) or see \
             www.example.org. Bring a towel.",
        )],
        &["Opening hours", "Menus and footer"],
        &["(https://www.example.org"],
    );
    let page = &document.pages[0];
    assert!(page.text.starts_with("Opening hours"), "{}", page.text);
    for words in ["Entry 7", "We use cookies.", "Home / Visit", "subject to change"] {
        let at = page.text.find(words).unwrap_or_else(|| panic!("{words} is lost"));
        assert_eq!(page.heading_at(at), Some("Menus and footer"), "{words}");
    }
    let links: String =
        (0..60).map(|n| format!("<p>See <a href=\"https://example.org/{n}\">page {n}</a>.</p>")).collect();
    let document = read(format!("<html><body>{links}</body></html>").as_bytes(), "a.html").unwrap();
    let page = &document.pages[0];
    let at = page.text.find("page 7: https://example.org/7").expect("many links form a list");
    assert_eq!(page.heading_at(at), Some("Links"));
}

#[test]
fn the_richer_part_of_a_mail_is_read() {
    let mail = |plain: &str, html: &str| {
        format!(
            "From: a@example.org\r\nTo: b@example.org\r\nSubject: Crossing\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{plain}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n"
        )
    };
    for (plain, html, holds, lacks) in [
        (
            "Your mail program cannot show this message.",
            "<p>Dear guest, your cabin on the night ferry is number 4127 on deck six.</p>",
            "number 4127",
            "cannot show",
        ),
        (
            "Your cabin is 4127.\r\n\r\n> Which one?",
            "<p>Your <b>cabin</b> is 4127.</p><p>Which one?</p>",
            "> Which one?",
            "<b>",
        ),
        ("请用浏览器打开。", "<p>您的船舱号是四一二七，在六层甲板。</p>", "四一二七", "浏览器"),
    ] {
        check("a.eml", mail(plain, html).as_bytes(), "e-mail message", &[(0, holds)], &[], &[lacks]);
    }
}
