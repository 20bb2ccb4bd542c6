//! Limits of the processes that read files, and checks that they kept within them.

use super::cases::Cases;
use super::process::Ended;

/// Longest time that a child may outlive its deadline, in seconds.
const OVERRUN: f64 = 2.0;

/// The limits, named as in the settings.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    read_seconds: u32,
    read_mebibytes: u32,
    ocr_page_seconds: u32,
    ocr_file_seconds: u32,
    ocr_pages: u32,
}

impl Limits {
    /// The default limits.
    pub fn ordinary() -> Self {
        Self { read_seconds: 120, read_mebibytes: 2048, ocr_page_seconds: 60, ocr_file_seconds: 600, ocr_pages: 500 }
    }

    /// Low limits, so that hostile files reach them and their retries in little time.
    pub fn tight() -> Self {
        Self { read_seconds: 30, ocr_page_seconds: 10, ocr_file_seconds: 20, ocr_pages: 5, ..Self::ordinary() }
    }

    /// The limits as lines of `settings.toml`.
    pub fn settings(&self) -> String {
        let Self { read_seconds, read_mebibytes, ocr_page_seconds, ocr_file_seconds, ocr_pages } = self;
        format!(
            "read_seconds = {read_seconds}\nread_mebibytes = {read_mebibytes}\nocr_page_seconds = {ocr_page_seconds}\n\
             ocr_file_seconds = {ocr_file_seconds}\nocr_pages = {ocr_pages}\n"
        )
    }

    /// Records three cases: the children stayed within the memory cap, the deadline and the OCR time.
    pub fn hold(&self, ended: &Ended, cases: &mut Cases) {
        let most = ended.children.iter().map(|child| child.peak_kib).max().unwrap_or(0) >> 10;
        let reading = |lived: f64, recognising: f64| (lived - recognising).max(0.0);
        let longest = ended.children.iter().map(|child| reading(child.lived, child.recognising)).fold(0.0, f64::max);
        let pictures = ended.children.iter().map(|child| child.recognising).fold(0.0, f64::max);
        cases.figure(format!(
            "{} reading children; peak memory {most} MiB of {}; longest reading {longest:.1} s of {}, longest OCR \
             {pictures:.1} s of {}; main process {} MiB",
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
        cases.check("time of OCR", within("seconds", pictures, most));
    }
}
