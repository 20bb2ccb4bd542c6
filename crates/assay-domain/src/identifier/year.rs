//! Years in their written forms: `2021`, `2019-2021`, `2019–21`, `2019至2021年`, `FY24`, `mid-2021`, `Q3-2024`.

use std::ops::RangeInclusive;

use super::token::{Token, is_digits, is_joiner};

/// A year, or the first and the last of a span.
pub(super) type Years = RangeInclusive<u32>;

/// Months in small letters.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The number of a month, from 1, that a word in small letters names: `march`, `mar`, `sept`.
pub fn month(word: &str) -> Option<u32> {
    let is_short = |month: &str| word.len() == 3 && month.starts_with(word);
    let place =
        MONTHS.iter().position(|month| *month == word || is_short(month) || (*month == "september" && word == "sept"));
    place.and_then(|place| u32::try_from(place + 1).ok())
}

/// Words besides months that a hyphen joins to a year.
const PERIODS: [&str; 12] = ["q1", "q2", "q3", "q4", "h1", "h2", "early", "mid", "late", "pre", "post", "year"];

fn is_period(word: &str) -> bool {
    PERIODS.contains(&word) || month(word).is_some()
}

/// Words before the two digits of a fiscal year.
const FISCAL: [&str; 3] = ["fy", "cy", "fiscal"];

/// The year of four digits.
pub(super) fn year(text: &str) -> Option<u32> {
    let number: u32 = Some(text).filter(|text| text.len() == 4 && is_digits(text))?.parse().ok()?;
    (1000..=2199).contains(&number).then_some(number)
}

/// The years that a token says and says for certain.
pub(super) fn years(token: &str) -> Option<Years> {
    let lower = token.to_lowercase();
    let fiscal =
        ["fy", "cy"].iter().find_map(|mark| lower.strip_prefix(*mark)).map(|rest| rest.trim_start_matches('-'));
    let parts: Vec<&str> = fiscal.unwrap_or(&lower).split(is_joiner).collect();
    let first = |part: &str| year(part).or_else(|| two_digits(part).filter(|_| fiscal.is_some()));
    match parts[..] {
        [one] => first(one).map(single),
        [word, year_of] if is_period(word) => year(year_of).map(single),
        [year_of, word] if is_period(word) => year(year_of).map(single),
        [start, end] => {
            let start = first(start)?;
            last(start, end).map(|end| start..=end)
        }
        _ => None,
    }
}

/// The years that a token of a passage may say: those of [`years`], of dates, and of any four digits in it.
pub(super) fn possible_years(token: &str) -> Vec<Years> {
    let mut found: Vec<Years> = years(token).into_iter().collect();
    for run in token.split(|c: char| !c.is_ascii_digit()) {
        found.extend(year(run).or_else(|| of_compact_date(run)).map(single));
    }
    let parts: Vec<&str> = token.split(is_joiner).collect();
    match parts[..] {
        [day, month, end] if [day, month].iter().all(|part| is_digits(part) && part.len() <= 2) => {
            found.extend(two_digits(end).map(single));
        }
        [word, end] if is_period(&word.to_lowercase()) => found.extend(two_digits(end).map(single)),
        _ => (),
    }
    found
}

/// `20210304`
fn of_compact_date(run: &str) -> Option<u32> {
    let part = |from: usize, to: usize| run.get(from..to)?.parse::<u32>().ok();
    let is_date = run.len() == 8 && (1..=12).contains(&part(4, 6)?) && (1..=31).contains(&part(6, 8)?);
    year(run.get(..4)?).filter(|_| is_date)
}

fn single(year: u32) -> Years {
    year..=year
}

/// The year of two digits.
pub(super) fn two_digits(text: &str) -> Option<u32> {
    let number: u32 = Some(text).filter(|text| text.len() == 2 && is_digits(text))?.parse().ok()?;
    Some(if number <= 50 { 2000 + number } else { 1900 + number })
}

/// The last year of a span. Two digits up to 12 may be a month, unless they are the next year.
fn last(first: u32, end: &str) -> Option<u32> {
    if let Some(last) = year(end) {
        return (first < last && last - first <= 200).then_some(last);
    }
    let digits: u32 = Some(end).filter(|end| end.len() == 2 && is_digits(end))?.parse().ok()?;
    let last = first / 100 * 100 + digits;
    (first < last && (digits > 12 || last == first + 1)).then_some(last)
}

/// The span that begins with a token and ends in another: `2019 to 2021`, `2019年至2021年`; and its number of tokens.
pub(super) fn span(chars: &[char], tokens: &[Token], place: usize) -> Option<(Years, usize)> {
    let start = tokens.get(place)?;
    let first = year(&start.written)?;
    let next = tokens.get(place + 1)?;
    let gap = gap(chars, start, next);
    let (end, count) = match gap.trim().trim_start_matches('年').trim() {
        "-" | "–" | "—" | "~" | "--" | "至" | "到" => (next, 2),
        "" if ["to", "through", "thru", "until", "till"].contains(&next.written.to_lowercase().as_str()) => {
            (tokens.get(place + 2)?, 3)
        }
        _ => return None,
    };
    let marked = chars.get(end.range.end) == Some(&'年');
    let ends = year(&end.written).is_some() || marked;
    last(first, &end.written).filter(|_| ends).map(|last| (first..=last, count))
}

/// The year of two digits that the text around them marks as one: `24年`, `'24`, `FY 24`, `fiscal 24`.
pub(super) fn marked(chars: &[char], tokens: &[Token], place: usize) -> Option<u32> {
    let token = tokens.get(place)?;
    let before = place.checked_sub(1).and_then(|before| tokens.get(before));
    let is_year = chars.get(token.range.end) == Some(&'年')
        || is_financial(chars, token)
        || token.range.start.checked_sub(1).is_some_and(|at| matches!(chars.get(at), Some('\'' | '’')))
        || before.is_some_and(is_fiscal);
    two_digits(&token.written).filter(|_| is_year)
}

/// Whether a token stands behind `FY` or before `财年`, so that two digits are a year for certain.
pub(super) fn is_fiscal_year(chars: &[char], tokens: &[Token], place: usize) -> bool {
    let before = place.checked_sub(1).and_then(|before| tokens.get(before));
    before.is_some_and(is_fiscal) || tokens.get(place).is_some_and(|token| is_financial(chars, token))
}

fn is_fiscal(token: &Token) -> bool {
    FISCAL.contains(&token.written.to_lowercase().as_str())
}

fn is_financial(chars: &[char], token: &Token) -> bool {
    let end = token.range.end;
    chars.get(end..end + 2).is_some_and(|marks| marks == ['财', '年'])
}

/// The text between two tokens.
pub(super) fn gap(chars: &[char], one: &Token, next: &Token) -> String {
    chars.get(one.range.end..next.range.start).unwrap_or_default().iter().collect()
}
