//! Checks whether the content streams of a page can be unpacked. To both readers a damaged stream looks like a
//! blank page, or like one that ends early.

use assay_domain::{FaultKind, PageFault};
use flate2::{Decompress, FlushDecompress, Status};
use pdf_extract::content::Content;
use pdf_extract::{Document, Object, ObjectId, Stream};

use super::objects::dereferenced;

/// Filters for text and drawings (ISO 32000-1, table 6), with their short names.
const FILTERS: [&[u8]; 11] = [
    b"FlateDecode",
    b"Fl",
    b"LZWDecode",
    b"LZW",
    b"ASCII85Decode",
    b"A85",
    b"ASCIIHexDecode",
    b"AHx",
    b"RunLengthDecode",
    b"RL",
    b"Crypt",
];
/// Content stream operators (ISO 32000-1, annex A).
const OPERATORS: &str = " b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k \
    l m M MP n q Q re RG rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \" ";
/// Unpacking is checked up to this many bytes.
const MOST_BYTES: u64 = 256 << 20;
/// Length of a zlib header.
const ZLIB_HEADER: usize = 2;

/// Returns what is wrong with the content of a page; if the page gave text, only faults that can have lost
/// some of it.
pub(super) fn fault(document: &Document, page: ObjectId, gave_text: bool) -> Option<PageFault> {
    reason(document, page, gave_text).map(|reason| FaultKind::Damaged.because(reason))
}

fn reason(document: &Document, page: ObjectId, gave_text: bool) -> Option<String> {
    let parts = document.get_page_contents(page);
    let streams = || parts.iter().map(|part| document.get_object(*part).and_then(Object::as_stream).ok());
    if streams().flatten().any(|stream| is_cut(document, stream)) {
        return Some("its content is damaged or cut short, so some of it may be missing".to_owned());
    }
    if gave_text {
        return None;
    }
    let named = document.get_dictionary(page).and_then(|page| page.get(b"Contents")).ok();
    let named = named.filter(|named| !named.is_null()).and_then(|named| dereferenced(document, named));
    if parts.is_empty() && named.is_some_and(|named| !named.as_array().is_ok_and(Vec::is_empty)) {
        return Some("its content is no content of a page".to_owned());
    }
    let unknown = streams().find_map(|stream| match stream {
        Some(stream) => unknown_filter(document, stream),
        None => Some("its content is missing from the file".to_owned()),
    });
    let content = document.get_page_content(page).unwrap_or_default();
    let invalid = || !content.trim_ascii().is_empty() && !is_content_stream(&content);
    unknown.or_else(|| invalid().then(|| "its content makes no sense".to_owned()))
}

fn is_cut(document: &Document, stream: &Stream) -> bool {
    matches!(filters(document, stream).first(), Some(&(b"FlateDecode" | b"Fl"))) && !unpacks(&stream.content)
}

fn unknown_filter(document: &Document, stream: &Stream) -> Option<String> {
    let unknown = filters(document, stream).into_iter().find(|filter| !FILTERS.contains(filter))?;
    let name = String::from_utf8_lossy(unknown);
    Some(format!("its content is packed in a way that is not known ({name})"))
}

/// Whether at least half of the operators exist.
fn is_content_stream(content: &[u8]) -> bool {
    let operations = Content::decode(content).map(|content| content.operations).unwrap_or_default();
    let exists = |operator: &str| OPERATORS.contains(&format!(" {operator} "));
    let known = operations.iter().filter(|operation| exists(&operation.operator)).count();
    known > 0 && known * 2 >= operations.len()
}

fn filters<'a>(document: &'a Document, stream: &'a Stream) -> Vec<&'a [u8]> {
    let filter = stream.dict.get(b"Filter").ok().and_then(|filter| dereferenced(document, filter));
    match filter {
        Some(Object::Name(name)) => vec![name.as_slice()],
        Some(Object::Array(names)) => {
            names.iter().filter_map(|name| dereferenced(document, name)?.as_name().ok()).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a stream can be unpacked to its end. The checksum is ignored, because a wrong one loses no text.
fn unpacks(packed: &[u8]) -> bool {
    let packed = packed.get(ZLIB_HEADER..).unwrap_or_default();
    let mut inflate = Decompress::new(false);
    let mut buffer = vec![0; 64 << 10];
    loop {
        let before = (inflate.total_in(), inflate.total_out());
        let rest = packed.get(before.0 as usize..).unwrap_or_default();
        match inflate.decompress(rest, &mut buffer, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return true,
            Ok(_) if inflate.total_out() >= MOST_BYTES => return true,
            Ok(_) if (inflate.total_in(), inflate.total_out()) != before => {}
            Ok(_) | Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use pdf_extract::{Dictionary, Document, Object, Stream, dictionary};

    use super::reason;

    fn check(contents: Object, expected: Option<&str>) {
        let mut document = Document::new();
        let contents = document.add_object(contents);
        let page = document.add_object(dictionary! { "Type" => "Page", "Contents" => contents });
        let found = reason(&document, page, false);
        let found_with_text = reason(&document, page, true);
        assert_eq!(found_with_text, found.clone().filter(|found| found.contains("cut")));
        assert!(
            found.as_deref().is_none_or(|found| expected.is_some_and(|words| found.contains(words)))
                && found.is_some() == expected.is_some(),
            "{found:?}, not {expected:?}"
        );
    }

    fn packed(words: &[u8]) -> Stream {
        let mut stream = Stream::new(Dictionary::new(), words.to_vec());
        stream.compress().unwrap();
        assert!(stream.dict.has(b"Filter"), "it was worth packing");
        stream
    }

    #[test]
    fn damaged_content_is_distinguished_from_a_blank_page() {
        let words = b"BT /F1 12 Tf (words) Tj ET\n".repeat(99);
        let plain = |words: &[u8]| Object::Stream(Stream::new(Dictionary::new(), words.to_vec()));
        check(plain(b""), None);
        check(plain(b" \n"), None);
        check(plain(&words), None);
        check(plain(b"/A << /B << /C ["), Some("no sense"));
        check(plain(b"q q 1 foo 2 bar 3 baz\n"), Some("no sense"));
        check(plain(b"q Q foo\n"), None);
        check(Object::Null, Some("no content"));
        let mut document = Document::new();
        let page = document.add_object(dictionary! { "Type" => "Page", "Contents" => Object::Null });
        assert_eq!(reason(&document, page, false), None, "a page may say that it has none");
        check(Object::Array(Vec::new()), None);
        check(Object::Integer(42), Some("no content"));
        let whole = packed(&words);
        check(whole.clone().into(), None);
        for (left, expected) in
            [(whole.content.len() - 4, None), (whole.content.len() / 2, Some("cut short")), (1, Some("cut"))]
        {
            let mut cut = whole.clone();
            cut.content.truncate(left);
            check(cut.into(), expected);
        }
        let mut other = whole;
        other.dict.set("Filter", "NoSuchFilter");
        check(other.into(), Some("NoSuchFilter"));
    }
}
