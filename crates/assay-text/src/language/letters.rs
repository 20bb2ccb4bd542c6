//! Letters of a text by script.

/// Scripts that tell something about the language by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Han characters and kana.
    EastAsian,
    /// Latin letters.
    Latin,
    /// Hangul.
    Hangul,
    /// Any other, such as Cyrillic, Arabic or Thai.
    Other,
}

/// How many letters of each script a text has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Letters {
    /// Han characters.
    pub han: usize,
    /// Hiragana and katakana.
    pub kana: usize,
    /// Hangul.
    pub hangul: usize,
    /// Latin letters.
    pub latin: usize,
    /// All other letters.
    pub other: usize,
}

/// Latin letters that say about as much as one Han character.
pub const LATIN_FOR_A_CHARACTER: usize = 3;

impl Letters {
    /// Counts the letters of a text.
    pub fn count(text: &str) -> Self {
        let mut letters = Self::default();
        for c in text.chars() {
            match c {
                '\u{3400}'..='\u{4dbf}'
                | '\u{4e00}'..='\u{9fff}'
                | '\u{f900}'..='\u{faff}'
                | '\u{20000}'..='\u{3134f}' => {
                    letters.han += 1;
                }
                '\u{3041}'..='\u{309f}'
                | '\u{30a1}'..='\u{30fa}'
                | '\u{30fd}'..='\u{30ff}'
                | '\u{ff66}'..='\u{ff9d}' => {
                    letters.kana += 1;
                }
                '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{ac00}'..='\u{d7a3}' => letters.hangul += 1,
                'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' if c.is_alphabetic() => {
                    letters.latin += 1
                }
                _ if c.is_alphabetic() => letters.other += 1,
                _ => {}
            }
        }
        letters
    }

    /// All letters.
    pub fn all(&self) -> usize {
        self.han + self.kana + self.hangul + self.latin + self.other
    }

    /// The script that says the most, and its letters.
    pub fn most(&self) -> (Script, usize) {
        let weighed = [
            (Script::EastAsian, (self.han + self.kana) * LATIN_FOR_A_CHARACTER, self.han + self.kana),
            (Script::Latin, self.latin, self.latin),
            (Script::Hangul, self.hangul * 2, self.hangul),
            (Script::Other, self.other, self.other),
        ];
        weighed
            .into_iter()
            .max_by_key(|(_, weight, _)| *weight)
            .map_or((Script::Latin, 0), |(script, _, count)| (script, count))
    }
}
