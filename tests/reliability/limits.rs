//! What a child that reads a file may take, as the settings say, and whether it kept to it.

use super::cases::Cases;
use super::process::Ended;

/// Longest that a child may outlive its deadline, in seconds.
const OVERRUN: f64 = 2.0;

/// Limits by the names of the settings.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    read_seconds: u32,
    read_mebibytes: u32,
    ocr_page_seconds: u32,
    ocr_file_seconds: u32,
    ocr_pages: u32,
}

impl Limits {
    /// Those that the program comes with.
    pub fn ordinary() -> Self {
        Self { read_seconds: 120, read_mebibytes: 2048, ocr_page_seconds: 60, ocr_file_seconds: 600, ocr_pages: 500 }
    }

    /// Retries that files may use up.
    pub fn tight() -> Self {
        Self { read_seconds: 30, ocr_page_seconds: 10, ocr_file_seconds: 20, ocr_pages: 5, ..Self::ordinary() }
    }

    /// Lines of the settings.
    pub fn settings(&self) -> String {
        let Self { read_seconds, read_mebibytes, ocr_page_seconds, ocr_file_seconds, ocr_pages } = self;
        format!(
            "read_seconds = {read_seconds}\nread_mebibytes = {read_mebibytes}\nocr_page_seconds = {ocr_page_seconds}\n\
             ocr_file_seconds = {ocr_file_seconds}\nocr_pages = {ocr_pages}\n"
        )
    }

    /// Two cases: every child within its memory, and dead within two seconds of its deadline.
    pub fn hold(&self, ended: &Ended, cases: &mut Cases) {
        let most = ended.children.iter().map(|child| child.peak_kib).max().unwrap_or(0) >> 10;
        let reading = |lived: f64, recognising: f64| (lived - recognising).max(0.0);
        let longest = ended.children.iter().map(|child| reading(child.lived, child.recognising)).fold(0.0, f64::max);
        let pictures = ended.children.iter().map(|child| child.recognising).fold(0.0, f64::max);
        cases.figure(format!(
            "{} children read; most memory of one {most} MiB of {}; longest without recognition {longest:.1} s of {}, \
             longest recognition {pictures:.1} s of {}; the program itself {} MiB",
            ended.children.len(),
            self.read_mebibytes,
            self.read_seconds,
            self.ocr_file_seconds,
            ended.peak_kib >> 10
        ));
        let within = |what: &str, is: f64, may: f64| if is <= may { Ok(()) } else { Err(format!("{what}: {is:.1}")) };
        cases.check("memory of a child", within("MiB", most as f64, f64::from(self.read_mebibytes)));
        cases.check("time of a child", within("seconds", longest, f64::from(self.read_seconds) + OVERRUN));
        let most = f64::from(self.ocr_file_seconds) + OVERRUN;
        cases.check("time of recognition", within("seconds", pictures, most));
    }
}
