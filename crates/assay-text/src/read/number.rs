//! Formats numbers as a spreadsheet shows them: dates, times, percentages, fixed decimals and thousands.

mod format;

use calamine::{CellErrorType, Data, DataRef, ExcelDateTime};
use format::{general, number_shown};

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
            (4.5, "\"EUR\" 0.00", "EUR 4.50"),
            (4.5, "[$€-407]0.00", "€4.50"),
            (-4.5, "#,##0.00\\ [$€-407];[Red]-#,##0.00\\ [$€-407]", "-4.50 €"),
            (-1234.5, "#,##0.00_);(#,##0.00)", "(1,234.50)"),
            (4.5, "[Red]0", "5"),
            (1.005, "0.00", "1.01"),
            (0.0, "0.00", "0.00"),
            (-0.001, "0.00", "0.00"),
            (4210.0, "0000000", "0004210"),
            (1067.0, "00000", "01067"),
            (305_550_117.0, "000\\-00\\-0000", "305-55-0117"),
            (0.5, "#.##", ".5"),
            (4.5, "0.##", "4.5"),
            (4_200_000.0, "0.0,,\"m\"", "4.2m"),
            (1.0, "\"yes\";\"yes\";\"no\"", "yes"),
            (0.0, "\"yes\";\"yes\";\"no\"", "no"),
            (0.0, "_-* #,##0.00_-;-* #,##0.00_-;_-* \"-\"??_-;_-@_-", "-"),
            (12.0, "0 \"kg\"", "12 kg"),
            (12.0, "0.00E+00", "12"),
            (7.0, "@", "7"),
            (7.0, "[$-F800]General", "7"),
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
