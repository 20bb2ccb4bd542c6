//! Tables on stdout, progress on stderr.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use assay_domain::one_line;
use serde::Serialize;

/// Prints one JSON object, the only output on stdout.
pub fn json_to(value: &impl Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints columns as wide as their widest cell; the last one is not padded. Chinese characters take two
/// columns. Line ends and control characters in a cell are shown as escapes.
pub fn table<const N: usize>(head: &[&str; N], rows: Vec<[String; N]>) {
    let rows: Vec<[String; N]> = rows.into_iter().map(|row| row.map(|cell| one_line(&cell).into_owned())).collect();
    let mut widths = head.map(width);
    for row in &rows {
        for (widest, cell) in widths.iter_mut().zip(row) {
            *widest = (*widest).max(width(cell));
        }
    }
    line(head.map(str::to_owned), &widths);
    line(widths.map(|width| "-".repeat(width.min(60))), &widths);
    for row in rows {
        line(row, &widths);
    }
}

fn line<const N: usize>(cells: [String; N], widths: &[usize; N]) {
    let mut text = String::new();
    for (place, (cell, wanted)) in cells.iter().zip(widths).enumerate() {
        text.push_str(cell);
        if place + 1 < N {
            text.push_str(&" ".repeat(wanted.saturating_sub(width(cell)) + 2));
        }
    }
    println!("{}", text.trim_end());
}

fn width(text: &str) -> usize {
    text.chars().map(|c| if matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffef}') { 2 } else { 1 }).sum()
}

/// Progress on stderr: one line that is rewritten on a terminal, a plain line every two seconds elsewhere.
pub struct Progress {
    terminal: bool,
    said: Instant,
    open: bool,
}

impl Progress {
    pub fn new() -> Self {
        Self { terminal: stderr().is_terminal(), said: Instant::now(), open: false }
    }

    /// Files or questions done, and the time left.
    pub fn step(&mut self, done: u32, total: u32, seconds_left: Option<f64>) {
        let left = seconds_left.map(|seconds| format!(", about {seconds:.0} s left")).unwrap_or_default();
        self.now(&format!("{done} of {total}{left}"), done == total);
    }

    /// Bytes done, their speed, and the time left.
    pub fn bytes(&mut self, what: &str, done: u64, total: Option<u64>, speed: f64, seconds_left: Option<f64>) {
        let of = total.map(|total| format!(" of {}", total >> 20)).unwrap_or_default();
        let left = seconds_left.map(|seconds| format!(", about {seconds:.0} s left")).unwrap_or_default();
        let speed = speed / 1_048_576.0;
        self.now(&format!("{what}: {}{of} MiB, {speed:.1} MiB/s{left}", done >> 20), total == Some(done));
    }

    fn now(&mut self, text: &str, last: bool) {
        if self.terminal {
            eprint!("\r\x1b[2K{text}");
            let _ = stderr().flush();
            self.open = true;
        } else if last || self.said.elapsed() > Duration::from_secs(2) {
            eprintln!("{text}");
            self.said = Instant::now();
        }
    }

    /// What is being done, on a terminal alone.
    pub fn step_named(&mut self, text: &str) {
        if self.terminal {
            self.now(text, false);
        }
    }

    /// Prints a line of its own.
    pub fn say(&mut self, text: &str) {
        self.end();
        eprintln!("{text}");
    }

    /// Ends the rewritten line.
    pub fn end(&mut self) {
        if self.open {
            eprintln!();
            self.open = false;
        }
    }
}

/// The day of a Unix time, as YYYY-MM-DD in UTC: `civil_from_days` of Howard Hinnant's "chrono-Compatible Low-Level
/// Date Algorithms".
pub fn day(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400) + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn a_time_is_shown_as_its_day() {
        for (seconds, wanted) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_798_675_199, "2026-12-30"),
            (4_102_444_800, "2100-01-01"),
        ] {
            assert_eq!(day(seconds), wanted);
        }
    }
}
