//! Applies the number formats of spreadsheets (ECMA-376, part 1, 18.8.31).

/// Formats a number by the section of its format that applies to it.
pub(super) fn number_shown(number: f64, format: &str) -> String {
    let sections = sections(format);
    let plain = || general(number);
    let (section, signed) = match (sections.as_slice(), number) {
        _ if !number.is_finite() => return plain(),
        ([_, negative, ..], number) if number < 0.0 => (negative, false),
        ([_, _, zero, ..], 0.0) => (zero, false),
        ([first, ..], _) => (first, number < 0.0),
        ([], _) => return plain(),
    };
    let Some(pattern) = Pattern::parse(section) else { return plain() };
    let text = pattern.shown(number.abs());
    if signed && text.contains(|c| matches!(c, '1'..='9')) { format!("-{text}") } else { text }
}

/// Splits a format at the semicolons outside of quotes and brackets.
fn sections(format: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    let (mut quoted, mut escaped) = (false, false);
    for c in format.chars() {
        let literal = std::mem::take(&mut escaped);
        match c {
            '"' if !literal => quoted = !quoted,
            '\\' | '_' | '*' if !literal && !quoted => escaped = true,
            ';' if !literal && !quoted => {
                sections.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(section) = sections.last_mut() {
            section.push(c);
        }
    }
    sections
}

/// One section of a number format: literal text and places for digits.
#[derive(Debug, Default)]
struct Pattern {
    prefix: String,
    /// Places before the decimal point: `Some` for a digit (true if it is always shown), `None` for the text
    /// that follows in `inner`.
    whole: Vec<Option<bool>>,
    /// Text between the places, in order.
    inner: Vec<char>,
    /// Decimals, and how many of them are always shown.
    decimals: usize,
    fixed: usize,
    suffix: String,
    thousands: bool,
    percent: bool,
    /// Trailing commas, each of which divides by a thousand.
    scaled: i32,
}

impl Pattern {
    /// Parses a section; `None` if it is to be shown as a general number.
    fn parse(section: &str) -> Option<Self> {
        let mut pattern = Self::default();
        let (mut in_decimals, mut commas) = (false, 0);
        let mut chars = section.chars();
        while let Some(c) = chars.next() {
            match c {
                '0' | '#' | '?' if in_decimals => {
                    pattern.decimals += 1;
                    pattern.fixed += usize::from(c == '0');
                }
                '0' | '#' | '?' => {
                    pattern.thousands |= std::mem::take(&mut commas) > 0;
                    let between = pattern.take_suffix();
                    pattern.whole.extend(between);
                    pattern.whole.push(Some(c == '0'));
                }
                '.' if !in_decimals && (pattern.has_digits() || chars.as_str().starts_with(['0', '#'])) => {
                    in_decimals = true;
                }
                ',' if pattern.has_digits() => commas += 1,
                '"' => pattern.literal(&chars.by_ref().take_while(|c| *c != '"').collect::<String>()),
                '\\' => pattern.literal(&chars.next()?.to_string()),
                '_' | '*' => {
                    chars.next();
                }
                '[' => {
                    let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    // `[$€-407]` is a currency with a locale; anything else is a colour or a condition.
                    if let Some(currency) = inside.strip_prefix('$') {
                        pattern.literal(currency.split('-').next().unwrap_or_default());
                    }
                }
                '%' => {
                    pattern.percent = true;
                    pattern.literal("%");
                }
                'E' | 'e' | '/' | '@' => return None,
                'G' | 'g' if section.to_ascii_lowercase().contains("general") => return None,
                c => pattern.literal(&c.to_string()),
            }
        }
        pattern.scaled = commas;
        let has_words = pattern.prefix.contains(char::is_alphabetic);
        (pattern.has_digits() || has_words).then_some(pattern)
    }

    fn has_digits(&self) -> bool {
        self.decimals > 0 || self.whole.iter().any(Option::is_some)
    }

    fn literal(&mut self, text: &str) {
        if self.has_digits() { self.suffix.push_str(text) } else { self.prefix.push_str(text) }
    }

    /// Text after some digits turns out to stand between digits.
    fn take_suffix(&mut self) -> Vec<Option<bool>> {
        let between = std::mem::take(&mut self.suffix);
        self.inner.extend(between.chars());
        between.chars().map(|_| None).collect()
    }

    /// Formats a number that is not negative.
    fn shown(&self, number: f64) -> String {
        if !self.has_digits() {
            return self.prefix.trim().to_owned();
        }
        let number = if self.percent { number * 100.0 } else { number } / 1000_f64.powi(self.scaled);
        let (whole, decimals) = rounded(number, self.decimals);
        let mut decimals = decimals.as_str();
        while decimals.len() > self.fixed && decimals.ends_with('0') {
            decimals = decimals.get(..decimals.len() - 1).unwrap_or_default();
        }
        let whole = if self.thousands { with_thousands(&self.filled(&whole)) } else { self.filled(&whole) };
        let point = if decimals.is_empty() { "" } else { "." };
        format!("{}{whole}{point}{decimals}{}", self.prefix, self.suffix).trim().to_owned()
    }

    /// Puts digits into their places from the right, with leading zeros and the text between the places.
    fn filled(&self, digits: &str) -> String {
        let mut digits: Vec<char> = if digits == "0" { Vec::new() } else { digits.chars().collect() };
        let mut inner = self.inner.iter().rev();
        let mut filled: Vec<char> = Vec::new();
        for place in self.whole.iter().rev() {
            match place {
                None => filled.extend(inner.next()),
                Some(always) => filled.extend(digits.pop().or(always.then_some('0'))),
            }
        }
        filled.extend(digits.iter().rev());
        filled.iter().rev().collect()
    }
}

/// Rounds to so many decimals, half away from zero as spreadsheets do, and returns the digits before and
/// after the decimal point.
fn rounded(number: f64, decimals: usize) -> (String, String) {
    let scale = 10_f64.powi(i32::try_from(decimals).unwrap_or(30).min(30));
    // Spreadsheets round the 15 digits that they show, so 1.005 is not below its half.
    let scaled = number * scale * (1.0 + 1e-15);
    let text = if scaled < 1e15 {
        format!("{:0>1$.0}", scaled.round(), decimals + 1)
    } else {
        format!("{number:.decimals$}").replace('.', "")
    };
    let (whole, after) = text.split_at(text.len().saturating_sub(decimals));
    (whole.to_owned(), after.to_owned())
}

/// Formats a number to the 15 digits that spreadsheets keep.
pub(super) fn general(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    if rounded != 0.0 && !(1e-9..1e15).contains(&f64::abs(rounded)) {
        format!("{rounded:e}")
    } else {
        format!("{rounded}")
    }
}

fn with_thousands(digits: &str) -> String {
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
