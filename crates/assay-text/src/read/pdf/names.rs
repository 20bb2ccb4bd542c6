//! Adds Unicode to fonts without a `ToUnicode` map whose glyphs are named after it (`uni706F`, `u1F600`;
//! Adobe Glyph List Specification, section 2). pdf-extract does not know such names.

use pdf_extract::{Document, Object, ObjectId};

use super::charset::unicode_stream;
use super::objects::dereferenced;

/// Gives every such font a `ToUnicode` map.
pub(super) fn add_unicode(document: &mut Document) {
    let fonts: Vec<(ObjectId, Vec<(u8, String)>)> =
        document.objects.iter().map(|(id, object)| (*id, letters(document, object))).collect();
    for (id, letters) in fonts.into_iter().filter(|(_, letters)| !letters.is_empty()) {
        let unicode = unicode_stream(document, letters.into_iter().map(|(code, letter)| (vec![code], letter)));
        if let Ok(font) = document.get_dictionary_mut(id) {
            font.set("ToUnicode", unicode);
        }
    }
}

/// Returns the codes of a font with the characters that their glyph names spell.
fn letters(document: &Document, object: &Object) -> Vec<(u8, String)> {
    let differences = object.as_dict().ok().filter(|font| !font.has(b"ToUnicode")).and_then(|font| {
        let encoding = dereferenced(document, font.get(b"Encoding").ok()?)?.as_dict().ok()?;
        dereferenced(document, encoding.get(b"Differences").ok()?)?.as_array().ok()
    });
    let mut code = 0;
    let mut found = Vec::new();
    for entry in differences.into_iter().flatten().filter_map(|entry| dereferenced(document, entry)) {
        match entry {
            Object::Integer(next) => code = *next,
            Object::Name(name) => {
                if let (Ok(code), Some(letter)) = (u8::try_from(code), letter(name)) {
                    found.push((code, letter));
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    found
}

/// Returns the characters that a glyph name spells; a suffix after a full stop names a variant.
fn letter(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?.split('.').next()?;
    let number = |digits: &str| {
        let is_hex = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
        u32::from_str_radix(digits, 16).ok().filter(|_| is_hex).and_then(char::from_u32)
    };
    match name.strip_prefix("uni") {
        Some(digits) if !digits.is_empty() && digits.len().is_multiple_of(4) => {
            let (fours, _) = digits.as_bytes().as_chunks::<4>();
            fours.iter().map(|four| number(std::str::from_utf8(four).ok()?)).collect()
        }
        _ => {
            let digits = name.strip_prefix('u').filter(|digits| matches!(digits.len(), 4..=6))?;
            number(digits).map(String::from)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn glyph_names_spell_unicode() {
        for (name, expected) in [
            ("uni706F", Some("灯")),
            ("uni706F5854", Some("灯塔")),
            ("uni706F.vert", Some("灯")),
            ("u1F600", Some("😀")),
            ("u706F", Some("灯")),
            ("uni706", None),
            ("uni706f", None),
            ("uniD800", None),
            ("uni", None),
            ("u+6F3", None),
            ("udieresis", None),
            ("union", None),
            ("a", None),
        ] {
            assert_eq!(letter(name.as_bytes()).as_deref(), expected, "{name}");
        }
    }
}
