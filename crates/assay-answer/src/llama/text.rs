//! Bytes of tokens to text; a token may end in the middle of a character.

/// Takes bytes and returns whole characters.
#[derive(Debug, Default)]
pub(super) struct TextAssembly {
    pending: Vec<u8>,
}

impl TextAssembly {
    /// The text that these bytes complete. Bytes that cannot become a character become U+FFFD.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        self.pending.extend_from_slice(bytes);
        let mut text = String::new();
        let mut used = 0;
        for chunk in self.pending.utf8_chunks() {
            text.push_str(chunk.valid());
            used += chunk.valid().len();
            let invalid = chunk.invalid();
            if invalid.is_empty() || (used + invalid.len() == self.pending.len() && may_continue(invalid)) {
                break;
            }
            text.push(char::REPLACEMENT_CHARACTER);
            used += invalid.len();
        }
        self.pending.drain(..used);
        text
    }

    /// U+FFFD for a character that the answer did not complete.
    pub fn finish(self) -> String {
        if self.pending.is_empty() { String::new() } else { char::REPLACEMENT_CHARACTER.to_string() }
    }
}

fn may_continue(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::TextAssembly;

    #[test]
    fn characters_are_whole() {
        check(&[b"Pump"], &["Pump"], "");
        check(&[&[0xe6], &[0xb3], &[0xb5], b"!"], &["", "", "泵", "!"], "");
        check(&[&[b'a', 0xf0, 0x9f], &[0x98, 0x80, b'b']], &["a", "😀b"], "");
        check(&[&[0xff, b'a']], &["\u{fffd}a"], "");
        check(&[&[0xe6], b"x"], &["", "\u{fffd}x"], "");
        check(&[&[0xe6, 0xb3]], &[""], "\u{fffd}");
    }

    fn check(tokens: &[&[u8]], expected: &[&str], rest: &str) {
        let mut assembly = TextAssembly::default();
        let texts: Vec<String> = tokens.iter().map(|bytes| assembly.push(bytes)).collect();
        assert_eq!(texts, expected);
        assert_eq!(assembly.finish(), rest);
    }
}
