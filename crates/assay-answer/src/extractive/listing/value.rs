//! Numbers and dates, as cells and questions write them.

use std::cmp::Ordering;

use assay_domain::month;

/// A number or a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Date(Date),
}

/// A date, as far as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Date {
    pub year: Option<u32>,
    pub month: Option<u32>,
    pub day: Option<u32>,
}

impl Value {
    /// The value of a whole cell: a number with its currency and unit, or a date. A code such as `AB-200` is neither.
    pub fn of_cell(cell: &str) -> Vec<Self> {
        let cell = cell.trim();
        let date = date(cell).filter(|(_, rest)| is_time(rest)).map(|(date, _)| Self::Date(date));
        let number = number(cell).filter(|(_, rest)| is_unit(rest)).map(|(number, _)| Self::Number(number));
        [date, number].into_iter().flatten().collect()
    }

    /// How it compares with a bound of its kind, as far as the bound is written: all of March is equal to `March`.
    pub fn compared(self, bound: Self) -> Option<Ordering> {
        match (self, bound) {
            (Self::Number(value), Self::Number(bound)) => value.partial_cmp(&bound),
            (Self::Date(value), Self::Date(bound)) => {
                let parts = [(value.year, bound.year), (value.month, bound.month), (value.day, bound.day)];
                let mut order = Ordering::Equal;
                for (value, bound) in parts.into_iter().filter_map(|(value, bound)| Some((value, bound?))) {
                    order = order.then(value?.cmp(&bound));
                }
                Some(order)
            }
            _ => None,
        }
    }
}

/// What may follow the number of a cell.
fn is_unit(rest: &str) -> bool {
    rest.trim().chars().count() <= 8 && !rest.contains(|c: char| c.is_ascii_digit() || "-_/".contains(c))
}

/// What may follow the date of a cell.
fn is_time(rest: &str) -> bool {
    rest.trim().is_empty() || (rest.starts_with([' ', 'T', 't']) && rest.contains(':'))
}

/// The number that a text begins with, behind a currency, and what follows it.
pub(super) fn number(text: &str) -> Option<(f64, &str)> {
    let start = text.trim_start_matches(['$', '€', '£', '¥', '￥', '~', ' ', ':']);
    let currencies = ["usd", "eur", "chf", "gbp", "cny", "rmb", "jpy", "us$", "hk$"];
    let coded = currencies.iter().find(|code| start.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(code)));
    let start = coded.and_then(|_| start.get(3..)).map_or(start, str::trim_start);
    let digits = start.strip_prefix(['-', '−']).unwrap_or(start);
    let mut written = String::new();
    let mut end = 0;
    for (at, c) in digits.char_indices() {
        let next_is_digit =
            digits.get(at + c.len_utf8()..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        match c {
            '0'..='9' => written.push(c),
            ',' | '\'' | '’' | '，' if next_is_digit && !written.is_empty() => (),
            '.' if next_is_digit && !written.is_empty() => written.push(c),
            _ => break,
        }
        end = at + c.len_utf8();
    }
    let number: f64 = written.parse().ok()?;
    let number = if digits.len() < start.len() { -number } else { number };
    let rest = digits.get(end..)?;
    let scales =
        [("万", 1e4), ("亿", 1e8), ("千", 1e3), ("k", 1e3), (" thousand", 1e3), (" million", 1e6), (" billion", 1e9)];
    let lower = rest.to_ascii_lowercase();
    let scale = scales.iter().find(|(word, _)| {
        lower.strip_prefix(word).is_some_and(|rest| !word.is_ascii() || !rest.starts_with(char::is_alphabetic))
    });
    Some(match scale {
        Some((word, by)) => (number * by, rest.get(word.len()..).unwrap_or_default()),
        None => (number, rest),
    })
}

/// The date that a text begins with, and what follows it.
pub(super) fn date(text: &str) -> Option<(Date, &str)> {
    let text = text.trim_start();
    chinese_date(text).or_else(|| numeric_date(text)).or_else(|| named_date(text))
}

/// `2024年3月5日`, `3月`, `三月`
fn chinese_date(text: &str) -> Option<(Date, &str)> {
    let mut found = Date::default();
    let mut rest = text;
    for (mark, part) in [('年', &mut found.year), ('月', &mut found.month), ('日', &mut found.day)] {
        let after = chinese_number(rest).and_then(|(value, after)| Some((value, after.strip_prefix(mark)?)));
        if let Some((value, after)) = after {
            *part = Some(value);
            rest = after;
        }
    }
    (found != Date::default()).then_some((found, rest))
}

fn chinese_number(text: &str) -> Option<(u32, &str)> {
    if let Some((value, rest)) = digits(text) {
        return Some((value, rest));
    }
    let months = ["十二", "十一", "十", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let values = [12, 11, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    months.iter().zip(values).find_map(|(word, value)| Some((value, text.strip_prefix(word)?)))
}

/// `2024-03-05`, `2024/3`, `5.3.2024`, `2024`
fn numeric_date(text: &str) -> Option<(Date, &str)> {
    let (first, rest) = digits(text)?;
    if (1900..=2199).contains(&first) {
        let mut found = Date { year: Some(first), ..Date::default() };
        let mut rest = rest;
        for part in [&mut found.month, &mut found.day] {
            let Some((value, after)) = rest.strip_prefix(['-', '/', '.']).and_then(digits) else { break };
            *part = Some(value);
            rest = after;
        }
        let sound = found.month.is_none_or(|month| (1..=12).contains(&month));
        return (sound && found.day.is_none_or(|day| (1..=31).contains(&day))).then_some((found, rest));
    }
    let (month, rest) = digits(rest.strip_prefix('.')?.trim_start())?;
    let (year, rest) = digits(rest.strip_prefix('.')?.trim_start())?;
    let sound = (1..=31).contains(&first) && (1..=12).contains(&month) && (1900..=2199).contains(&year);
    sound.then_some((Date { year: Some(year), month: Some(month), day: Some(first) }, rest))
}

/// `March 2024`, `5 March 2024`, `March 5, 2024`, `March`
fn named_date(text: &str) -> Option<(Date, &str)> {
    let (day, rest) = match digits(text) {
        Some((day, rest)) => (Some(day).filter(|day| (1..=31).contains(day)), rest.trim_start()),
        None => (None, text),
    };
    let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let month = month(&rest.get(..end)?.to_lowercase())?;
    let mut found = Date { day, month: Some(month), year: None };
    let mut rest = rest.get(end..)?;
    for _ in 0..2 {
        let Some((value, after)) = digits(rest.trim_start_matches(['.', ',', ' '])) else { break };
        match value {
            1900..=2199 => found.year = Some(value),
            1..=31 if found.day.is_none() => found.day = Some(value),
            _ => break,
        }
        rest = after;
    }
    Some((found, rest))
}

fn digits(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text.get(..end)?.parse().ok()?, text.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::{Date, Value, date, number};

    #[test]
    fn cells_are_numbers_dates_or_neither() {
        let day = |year, month, day| Value::Date(Date { year, month, day });
        for (cell, expected) in [
            ("1,450.50 EUR", vec![Value::Number(1450.5)]),
            ("€ 300", vec![Value::Number(300.0)]),
            ("EUR 300", vec![Value::Number(300.0)]),
            ("3万元", vec![Value::Number(30_000.0)]),
            ("2 million", vec![Value::Number(2e6)]),
            ("15 mm", vec![Value::Number(15.0)]),
            ("-4", vec![Value::Number(-4.0)]),
            ("AB-200", vec![]),
            ("12-B", vec![]),
            ("open", vec![]),
            ("2024-03-05", vec![day(Some(2024), Some(3), Some(5))]),
            ("2024-03-05 12:30", vec![day(Some(2024), Some(3), Some(5))]),
            ("5.3.2024", vec![day(Some(2024), Some(3), Some(5))]),
            ("5 March 2024", vec![day(Some(2024), Some(3), Some(5))]),
            ("March 5, 2024", vec![day(Some(2024), Some(3), Some(5))]),
            ("Sep 2024", vec![day(Some(2024), Some(9), None)]),
            ("2024年3月5日", vec![day(Some(2024), Some(3), Some(5))]),
            ("十二月", vec![day(None, Some(12), None)]),
            ("2024", vec![day(Some(2024), None, None), Value::Number(2024.0)]),
        ] {
            assert_eq!(Value::of_cell(cell), expected, "{cell}");
        }
    }

    #[test]
    fn what_follows_a_value_is_left() {
        assert_eq!(
            number("500 euros and more").map(|(value, rest)| (value, rest.trim())),
            Some((500.0, "euros and more"))
        );
        assert_eq!(date("march are late").map(|(date, rest)| (date.month, rest.trim())), Some((Some(3), "are late")));
        assert_eq!(date("the report"), None);
    }
}
