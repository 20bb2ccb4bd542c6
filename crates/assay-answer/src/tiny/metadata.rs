//! The metadata of a GGUF file, as bytes.

/// Key-value pairs in the format of the file.
#[derive(Default)]
pub(super) struct Pairs {
    pub count: u64,
    pub bytes: Vec<u8>,
}

impl Pairs {
    pub fn put(&mut self, key: &str, kind: u32, value: &[u8]) {
        self.count += 1;
        put_text(&mut self.bytes, key);
        self.bytes.extend(kind.to_le_bytes());
        self.bytes.extend(value);
    }

    pub fn number(&mut self, key: &str, value: u32) {
        self.put(key, 4, &value.to_le_bytes());
    }

    pub fn text(&mut self, key: &str, value: &str) {
        let mut bytes = Vec::new();
        put_text(&mut bytes, value);
        self.put(key, 8, &bytes);
    }

    pub fn array(&mut self, key: &str, kind: u32, entries: impl ExactSizeIterator<Item = Vec<u8>>) {
        let mut bytes = kind.to_le_bytes().to_vec();
        bytes.extend((entries.len() as u64).to_le_bytes());
        bytes.extend(entries.flatten());
        self.put(key, 9, &bytes);
    }
}

/// A text after its length.
pub(super) fn put_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}
