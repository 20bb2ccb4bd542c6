//! Formats numbers as a spreadsheet shows them: dates, times, percentages, fixed decimals and thousands.

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime};

/// Formats a cell's value with its number format (ECMA-376, part 1, 18.8.31); empty if there is none.
pub(crate) fn shown(value: &DataRef, format: &str) -> String {
    match value {
        DataRef::Int(number) => number_shown(*number as f64, format),
        DataRef::Float(number) => number_shown(*number, format),
        DataRef::String(words) => words.clone(),
        DataRef::SharedString(words) => (*words).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(moment) => moment_shown(moment, format),
        DataRef::DateTimeIso(words) | DataRef::DurationIso(words) => iso_shown(words),
        DataRef::Error(error) => error_shown(error),
        DataRef::Empty => String::new(),
    }
}

/// Formats a cell's value whose number format is not known.
pub(crate) fn shown_plain(value: &Data) -> String {
    match value {
        Data::String(words) => words.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => general(*number),
        Data::Bool(true) => "TRUE".to_owned(),
        Data::Bool(false) => "FALSE".to_owned(),
        Data::DateTime(moment) => moment_shown(moment, ""),
        Data::DateTimeIso(words) | Data::DurationIso(words) => iso_shown(words),
        Data::Error(error) => error_shown(error),
        _ => String::new(),
    }
}

fn error_shown(error: &CellErrorType) -> String {
    error.to_string()
}

/// Formats an ISO 8601 date and time; a time of midnight is left out.
fn iso_shown(words: &str) -> String {
    words.trim_end_matches("T00:00:00").replace('T', " ")
}

fn moment_shown(moment: &ExcelDateTime, format: &str) -> String {
    if moment.is_duration() {
        let seconds = (moment.as_f64() * 86_400.0).round();
        let whole = seconds.abs() as u64;
        let sign = if seconds < 0.0 { "-" } else { "" };
        return format!("{sign}{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let days = moment.as_f64();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let time =
        if second == 0 { format!("{hour:02}:{minute:02}") } else { format!("{hour:02}:{minute:02}:{second:02}") };
    let lower = format.to_ascii_lowercase();
    let wants_date = lower.is_empty() || lower.contains(['y', 'd']) || days >= 1.0;
    match (wants_date && days >= 1.0, days.fract() != 0.0 || days < 1.0) {
        (true, true) => format!("{date} {time}"),
        (true, false) => date,
        (false, _) => time,
    }
}

fn number_shown(number: f64, format: &str) -> String {
    let format = format.split(';').next().unwrap_or_default();
    let pattern: String = unquoted(format);
    let percent = pattern.contains('%');
    if !pattern.contains(['0', '#']) || pattern.contains(['E', '?', '/']) || !number.is_finite() {
        return general(number);
    }
    let decimals =
        pattern.split_once('.').map_or(0, |(_, after)| after.chars().take_while(|c| matches!(c, '0' | '#')).count());
    let number = if percent { number * 100.0 } else { number };
    let mut words = format!("{number:.decimals$}");
    if pattern.contains("#,#") || pattern.contains("0,0") {
        words = with_thousands(&words);
    }
    if percent {
        words.push('%');
    }
    let sign = ['€', '$', '£', '¥', '￥'].into_iter().find(|sign| format.contains(*sign) && !format.contains("[$-"));
    match sign {
        Some(sign) => format!("{sign}{words}"),
        None => words,
    }
}

/// Removes quoted text, colours and conditions from a pattern.
fn unquoted(format: &str) -> String {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    let mut pattern = String::new();
    for c in format.chars() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match c {
            '"' => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if bracketed => bracketed = false,
            '\\' | '_' | '*' if !quoted && !bracketed => escaped = true,
            c if !quoted && !bracketed => pattern.push(c),
            _ => {}
        }
    }
    pattern
}

/// Formats a number to the 15 digits that spreadsheets keep.
fn general(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    if rounded != 0.0 && !(1e-9..1e15).contains(&f64::abs(rounded)) {
        format!("{rounded:e}")
    } else {
        format!("{rounded}")
    }
}

fn with_thousands(words: &str) -> String {
    let (whole, rest) = words.split_at(words.find('.').unwrap_or(words.len()));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut out = sign.to_owned();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType};

    use super::shown;

    #[test]
    fn numbers_follow_their_format() {
        for (number, format, expected) in [
            (0.1 + 0.2, "General", "0.3"),
            (126_500.0, "", "126500"),
            (126_500.0, "#,##0", "126,500"),
            (-1_234_567.891, "#,##0.00", "-1,234,567.89"),
            (0.155, "0.0%", "15.5%"),
            (4.5, "\"EUR\" 0.00", "4.50"),
            (4.5, "[$€-407]0.00", "€4.50"),
            (4.5, "[Red]0", "4"),
            (7.0, "@", "7"),
        ] {
            assert_eq!(shown(&DataRef::Float(number), format), expected, "{number} {format}");
        }
    }

    #[test]
    fn serial_numbers_become_dates_and_times() {
        let moment = |days, kind| DataRef::DateTime(ExcelDateTime::new(days, kind, false));
        for (value, format, expected) in [
            (moment(45_352.0, ExcelDateTimeType::DateTime), "yyyy-mm-dd", "2024-03-01"),
            (moment(45_352.5, ExcelDateTimeType::DateTime), "d/m/yy h:mm", "2024-03-01 12:00"),
            (moment(0.25, ExcelDateTimeType::DateTime), "h:mm", "06:00"),
            (moment(1.5, ExcelDateTimeType::TimeDelta), "[h]:mm:ss", "36:00:00"),
        ] {
            assert_eq!(shown(&value, format), expected, "{format}");
        }
    }
}
