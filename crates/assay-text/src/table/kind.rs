//! Classifies the text of a cell: numbers are data, while years, quarters and months can name columns.

/// What the text of a cell looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Words.
    Text,
    /// A number, amount, share or code.
    Number,
    /// A year or a span of years: `2023`, `2023/24`, `FY23`, `2023年`.
    Year,
    /// Another period or a size with one letter: `Q3`, `3月`, `H1`, `M8`.
    Period,
    /// A date or time.
    Date,
}

impl Kind {
    /// Whether such a cell can name a column, although it has digits.
    pub(super) fn is_label(self) -> bool {
        matches!(self, Self::Year | Self::Period | Self::Date)
    }
}

/// Returns the kind of a text.
pub(super) fn kind(text: &str) -> Kind {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits == 0 {
        return Kind::Text;
    }
    if is_year(text) {
        return Kind::Year;
    }
    if is_period(text) {
        return Kind::Period;
    }
    if is_date(text) {
        return Kind::Date;
    }
    if text.chars().filter(|c| c.is_alphabetic()).count() <= 1 { Kind::Number } else { Kind::Text }
}

/// Whether a text is a year (1900 to 2100), perhaps with a mark of a budget, a forecast or a span.
fn is_year(text: &str) -> bool {
    let upper = text.to_uppercase();
    if let Some(short) = upper.strip_prefix("FY") {
        let short = short.trim_start_matches([' ', '-', '\'']);
        return matches!(short.len(), 2 | 4) && short.bytes().all(|byte| byte.is_ascii_digit()) || is_year(short);
    }
    let core = upper.trim_end_matches(['年', 'A', 'B', 'E', 'F', 'P', '*']);
    let Some((year, rest)) = core.split_at_checked(4) else { return false };
    let is_one = |year: &str| year.bytes().all(|byte| byte.is_ascii_digit()) && ("1900".."2101").contains(&year);
    let rest = rest.trim_start_matches(['/', '-', '–']);
    let spans = core.len() > 4 && core.as_bytes().get(4).is_some_and(|byte| !byte.is_ascii_digit());
    is_one(year)
        && (rest.is_empty() || (spans && matches!(rest.len(), 2 | 4) && rest.bytes().all(|b| b.is_ascii_digit())))
}

/// Whether a text is one letter with one or two digits (`Q3`, `H1`, `3月`), perhaps with a year.
fn is_period(text: &str) -> bool {
    let is_short = |word: &str| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        digits + letters == word.chars().count() && letters == 1 && matches!(digits, 1 | 2)
    };
    let mut words = text.split([' ', '-', '/']).filter(|word| !word.is_empty());
    match (words.next(), words.next(), words.next()) {
        (Some(word), None, _) => {
            is_short(word) || word.split_once('年').is_some_and(|(year, month)| is_year(year) && is_short(month))
        }
        (Some(first), Some(second), None) => {
            (is_short(first) && is_year(second)) || (is_year(first) && is_short(second))
        }
        _ => false,
    }
}

/// Whether a text is a date of three numbers, perhaps with a time, or a time.
fn is_date(text: &str) -> bool {
    let groups = |text: &str, separators: &[char]| {
        let parts: Vec<&str> = text.split(separators).collect();
        let is_short = |part: &&str| matches!(part.len(), 1..=4) && part.bytes().all(|byte| byte.is_ascii_digit());
        if parts.iter().all(is_short) { parts.len() } else { 0 }
    };
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let is_time = |time: &str| matches!(groups(time, &[':']), 2 | 3);
    let is_day = ['-', '/', '.'].iter().any(|separator| groups(date, &[*separator]) == 3);
    (is_day && (time.is_empty() || is_time(time))) || (time.is_empty() && is_time(date))
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn years_and_periods_are_not_numbers() {
        for (text, expected) in [
            ("2023", Kind::Year),
            ("2023/24", Kind::Year),
            ("2022-2023", Kind::Year),
            ("FY23", Kind::Year),
            ("2024E", Kind::Year),
            ("2023年", Kind::Year),
            ("1789", Kind::Number),
            ("20234", Kind::Number),
            ("Q3", Kind::Period),
            ("3月", Kind::Period),
            ("2023年3月", Kind::Period),
            ("Q1 2024", Kind::Period),
            ("2024 H2", Kind::Period),
            ("2024-03-01", Kind::Date),
            ("1.3.2024", Kind::Date),
            ("12:35", Kind::Date),
            ("12.5", Kind::Number),
            ("€4.50", Kind::Number),
            ("15.5%", Kind::Number),
            ("B-307", Kind::Number),
            ("030 555 0117", Kind::Number),
            ("Room 12", Kind::Text),
            ("n/a", Kind::Text),
        ] {
            assert_eq!(kind(text), expected, "{text}");
        }
    }
}
