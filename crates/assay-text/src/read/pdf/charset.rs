//! Replaces predefined CMaps of Chinese, Japanese and Korean fonts (ISO 32000-1, 9.7.5.2), which pdf-extract
//! does not know, by embedded CMaps for the characters that the document uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_16BE};
use pdf_extract::content::Content;
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream};

use super::objects::{dereferenced, stream_content};

/// Gives every such font an encoding that pdf-extract knows, and a `ToUnicode` map if it has none.
pub(super) fn replace_encodings(document: &mut Document, pages: &BTreeMap<u32, ObjectId>) {
    let fonts: Vec<(ObjectId, &'static Encoding)> =
        document.objects.iter().filter_map(|(id, object)| Some((*id, encoding_of(document, object)?))).collect();
    if fonts.is_empty() {
        return;
    }
    let strings = strings(document, pages);
    let mut written: BTreeMap<&str, (Object, Object)> = BTreeMap::new();
    for (id, encoding) in fonts {
        let (codes, unicode) = written
            .entry(encoding.name())
            .or_insert_with(|| (codes_object(document, encoding), unicode_object(document, encoding, &strings)))
            .clone();
        narrow_latin(document, id);
        let Ok(font) = document.get_dictionary_mut(id) else { continue };
        font.set("Encoding", codes);
        if !font.has(b"ToUnicode") {
            font.set("ToUnicode", unicode);
        }
    }
}

fn encoding_of(document: &Document, object: &Object) -> Option<&'static Encoding> {
    let font = object.as_dict().ok()?;
    if font.get(b"Subtype").ok()?.as_name().ok()? != b"Type0" {
        return None;
    }
    let name = dereferenced(document, font.get(b"Encoding").ok()?)?.as_name().ok()?;
    encoding_named(std::str::from_utf8(name).ok()?)
}

/// Returns the encoding of a predefined CMap (ISO 32000-1, table 118); the suffix for the writing direction is ignored.
fn encoding_named(name: &str) -> Option<&'static Encoding> {
    let name = name.strip_suffix("-H").or_else(|| name.strip_suffix("-V"))?;
    let encoding = match name {
        "GB-EUC" | "GBpc-EUC" | "GBK-EUC" | "GBKp-EUC" | "GBK2K" => GB18030,
        "B5pc" | "ETen-B5" | "ETenms-B5" | "HKscs-B5" => BIG5,
        "83pv-RKSJ" | "90ms-RKSJ" | "90msp-RKSJ" | "90pv-RKSJ" | "Add-RKSJ" | "Ext-RKSJ" => SHIFT_JIS,
        "EUC" => EUC_JP,
        "KSC-EUC" | "KSCms-UHC" | "KSCms-UHC-HW" | "KSCpc-EUC" => EUC_KR,
        name if name.starts_with("Uni") && (name.contains("UCS2") || name.contains("UTF16")) => UTF_16BE,
        _ => return None,
    };
    Some(encoding)
}

/// Splits a string into character codes: two bytes each in UTF-16, else one or two by the first byte.
fn codes(encoding: &'static Encoding, string: &[u8]) -> Vec<Vec<u8>> {
    let mut codes = Vec::new();
    let mut rest = string;
    while let Some(first) = rest.first() {
        let width = if encoding == UTF_16BE || is_lead(encoding, *first) { 2 } else { 1 };
        let Some((code, after)) = rest.split_at_checked(width) else { break };
        codes.push(code.to_vec());
        rest = after;
    }
    codes
}

fn is_lead(encoding: &'static Encoding, byte: u8) -> bool {
    match byte {
        0x81..=0x9F => true,
        0xA0..=0xDF => encoding != SHIFT_JIS,
        0xE0..=0xFC => true,
        0xFD | 0xFE => encoding != SHIFT_JIS,
        _ => false,
    }
}

/// Returns every string that a page or form shows, in any font: superfluous codes in a map do no harm.
pub(super) fn strings(document: &Document, pages: &BTreeMap<u32, ObjectId>) -> BTreeSet<Vec<u8>> {
    let is_form =
        |stream: &&Stream| stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Form");
    let forms =
        document.objects.values().filter_map(|object| object.as_stream().ok()).filter(is_form).map(stream_content);
    let pages = pages.values().filter_map(|page| document.get_page_content(*page).ok());
    let mut found = BTreeSet::new();
    for content in pages.chain(forms) {
        let Ok(content) = Content::decode(&content) else { continue };
        for operand in content.operations.iter().flat_map(|operation| &operation.operands) {
            match operand {
                Object::String(string, _) => drop(found.insert(string.clone())),
                Object::Array(parts) => {
                    found.extend(parts.iter().filter_map(|part| part.as_str().ok()).map(<[u8]>::to_vec))
                }
                _ => {}
            }
        }
    }
    found
}

/// Makes a CMap that maps each character code to the same character identifier.
fn codes_object(document: &mut Document, encoding: &'static Encoding) -> Object {
    if encoding == UTF_16BE {
        return Object::Name(b"Identity-H".to_vec());
    }
    let ranges: &[(u16, u16, bool)] = if encoding == SHIFT_JIS {
        &[(0x00, 0x80, false), (0xA0, 0xDF, false), (0x8140, 0x9FFC, true), (0xE040, 0xFCFC, true)]
    } else {
        &[(0x00, 0x80, false), (0x8140, 0xFEFE, true)]
    };
    let mut map = format!("{} begincodespacerange\n", ranges.len());
    for (low, high, two_bytes) in ranges {
        // The parser behind pdf-extract (adobe-cmap-parser 0.4.1) halves the length of a code, so codes
        // are written at twice their length.
        let digits = if *two_bytes { 8 } else { 4 };
        let _ = writeln!(map, "<{low:0digits$X}> <{high:0digits$X}>");
    }
    map.push_str("endcodespacerange\n1 begincidrange\n<0000> <FFFF> 0\nendcidrange\n");
    stream(document, map)
}

/// Makes the `ToUnicode` map of an encoding.
fn unicode_object(document: &mut Document, encoding: &'static Encoding, strings: &BTreeSet<Vec<u8>>) -> Object {
    let used: BTreeSet<Vec<u8>> = strings.iter().flat_map(|string| codes(encoding, string)).collect();
    let decoded = used.into_iter().filter_map(|code| {
        let (text, had_errors) = encoding.decode_without_bom_handling(&code);
        let text = text.into_owned();
        (!had_errors).then_some((code, text))
    });
    unicode_stream(document, decoded)
}

/// Makes a `ToUnicode` map from codes and their text.
pub(super) fn unicode_stream(document: &mut Document, used: impl Iterator<Item = (Vec<u8>, String)>) -> Object {
    let lines: Vec<String> = used
        .map(|(code, text)| {
            let code: String = code.iter().map(|byte| format!("{byte:02X}")).collect();
            let text: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
            format!("<{code}> <{text}>\n")
        })
        .collect();
    let map = format!("{} beginbfchar\n{}endbfchar\n", lines.len(), lines.concat());
    stream(document, map)
}

/// Returns the two-byte codes in strings.
pub(super) fn shown_pairs(strings: &BTreeSet<Vec<u8>>) -> BTreeSet<[u8; 2]> {
    let pairs = strings.iter().flat_map(|string| string.chunks_exact(2));
    pairs.filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).collect()
}

fn stream(document: &mut Document, content: String) -> Object {
    Object::Reference(document.add_object(Stream::new(Dictionary::new(), content.into_bytes())))
}

/// Replaces the font's widths, which belong to other identifiers: Latin letters are half as wide as the
/// rest, which is enough to separate words.
fn narrow_latin(document: &mut Document, font: ObjectId) {
    let descendants = document.get_dictionary(font).ok().and_then(|font| font.get(b"DescendantFonts").ok());
    let first =
        descendants.and_then(|object| dereferenced(document, object)?.as_array().ok()?.first()?.as_reference().ok());
    let Some(Ok(descendant)) = first.map(|id| document.get_dictionary_mut(id)) else { return };
    let half = vec![Object::Integer(500); 95];
    descendant.set("W", Object::Array(vec![Object::Integer(32), Object::Array(half)]));
    descendant.set("DW", Object::Integer(1000));
}

#[cfg(test)]
mod tests {
    use encoding_rs::{GB18030, SHIFT_JIS, UTF_16BE};

    use super::{codes, encoding_named};

    #[test]
    fn predefined_cmaps_have_encodings_and_code_lengths() {
        for (name, encoding, string, widths) in [
            ("GBK-EUC-H", Some(GB18030), &b"a\xB5\xC6b"[..], vec![1, 2, 1]),
            ("90ms-RKSJ-V", Some(SHIFT_JIS), &b"\xB1\x82\xA0"[..], vec![1, 2]),
            ("UniGB-UCS2-H", Some(UTF_16BE), &b"\x4E\x2D\x00"[..], vec![2]),
            ("Identity-H", None, &b""[..], vec![]),
            ("UniGB-UTF32-H", None, &b""[..], vec![]),
        ] {
            assert_eq!(encoding_named(name), encoding, "{name}");
            if let Some(encoding) = encoding {
                let found: Vec<usize> = codes(encoding, string).iter().map(Vec::len).collect();
                assert_eq!(found, widths, "{name}");
            }
        }
    }
}
