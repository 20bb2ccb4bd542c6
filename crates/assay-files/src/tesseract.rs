//! Recognises text in pictures with the Tesseract program, over its pipes. It runs inside the child process
//! that reads a file, under the same limits, and never opens a file of the user's.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use assay_domain::port::Ocr;
use assay_domain::{OcrFault, Picture, RecognisedText};

mod table;

/// Time between two looks at a running program.
const POLL: Duration = Duration::from_millis(10);
/// Below this confidence (0 to 100) the page may lie on its side.
const CONFIDENT: u8 = 70;
/// What to install, by the names of Debian's packages.
const PACKAGES: &str = "tesseract-ocr, tesseract-ocr-eng and tesseract-ocr-chi-sim";

/// The program, its languages and its limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OcrSettings {
    /// The program: a name to be found, or a path.
    pub program: String,
    /// Languages by Tesseract's names, joined by `+`.
    pub languages: String,
    /// Most pages of one file.
    pub pages: u32,
    /// Most pixels of one page.
    pub pixels: u64,
    /// Time for one page.
    pub page_time: Duration,
    /// Time for one file.
    pub file_time: Duration,
}

impl Default for OcrSettings {
    /// Simplified Chinese and English, in this order: Tesseract reads uncertain lines in the first language.
    /// The other way round it takes faint Chinese for Latin letters; English comes out the same. One minute
    /// for a page, ten for a file.
    fn default() -> Self {
        let limits = assay_text::OcrLimits::default();
        Self {
            program: "tesseract".into(),
            languages: "chi_sim+eng".into(),
            pages: limits.pages,
            pixels: limits.pixels,
            page_time: Duration::from_secs(60),
            file_time: Duration::from_secs(600),
        }
    }
}

/// The program. It lists its languages before the first picture, because that takes as long as reading a
/// small file.
#[derive(Debug)]
pub struct Tesseract {
    settings: OcrSettings,
    languages: OnceLock<Result<String, OcrFault>>,
    begun: Instant,
}

impl Tesseract {
    /// The program that the settings name. If it is missing, every picture reports that.
    pub fn new(settings: OcrSettings) -> Self {
        Self { settings, languages: OnceLock::new(), begun: Instant::now() }
    }

    /// Reads a picture; with `turned`, Tesseract detects its orientation first.
    fn read(&self, languages: &str, picture: &Picture<'_>, turned: bool) -> Result<Vec<RecognisedText>, OcrFault> {
        if self.begun.elapsed() >= self.settings.file_time {
            return Err(OcrFault::OutOfTime(format!(
                "recognising this file took longer than {} s: raise that in the settings to read the rest",
                self.settings.file_time.as_secs()
            )));
        }
        let deadline = (Instant::now() + self.settings.page_time).min(self.begun + self.settings.file_time);
        let mut child = self.start(languages, turned)?;
        let table = match *picture {
            Picture::Grey { width, height, pixels } => {
                // A netpbm greymap is its size and its bytes.
                let head = format!("P5\n{width} {height}\n255\n");
                self.run(&mut child, &[head.as_bytes(), pixels], deadline)
            }
            Picture::File(bytes) => self.run(&mut child, &[bytes], deadline),
        }?;
        Ok(table::frames(&String::from_utf8_lossy(&table)))
    }

    fn start(&self, languages: &str, turned: bool) -> Result<Child, OcrFault> {
        let mut command = Command::new(&self.settings.program);
        let layout = if turned { "1" } else { "3" };
        command.args(["stdin", "stdout", "-l", languages, "--psm", layout, "tsv"]);
        // One thread is hardly slower than several, and leaves cores to the user.
        command.env("OMP_THREAD_LIMIT", "1");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(windows)]
        std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0800_0000); // CREATE_NO_WINDOW
        command.spawn().map_err(|error| OcrFault::Failed(format!("Tesseract could not be started: {error}")))
    }

    /// Writes the picture and reads the table at the same time, until the deadline.
    fn run(&self, child: &mut Child, input: &[&[u8]], deadline: Instant) -> Result<Vec<u8>, OcrFault> {
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        thread::scope(|scope| {
            scope.spawn(move || {
                let Some(mut pipe) = stdin else { return };
                // A program that stops reading reports the reason on stderr.
                let _ = input.iter().try_for_each(|part| pipe.write_all(part));
            });
            let table = scope.spawn(move || drain(stdout));
            let errors = scope.spawn(move || drain(stderr));
            let status = loop {
                match child.try_wait() {
                    Ok(Some(status)) => break Some(status.success()),
                    Ok(None) if Instant::now() < deadline => thread::sleep(POLL),
                    Ok(None) | Err(_) => {
                        let _ = child.kill();
                        let _ = child.wait();
                        break None;
                    }
                }
            };
            let (table, errors) = (table.join().unwrap_or_default(), errors.join().unwrap_or_default());
            match status {
                Some(true) => Ok(table),
                Some(false) => {
                    let words = String::from_utf8_lossy(&errors);
                    let last = words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no reason given");
                    Err(OcrFault::Failed(format!("Tesseract gave up: {}", last.trim())))
                }
                None => Err(OcrFault::Failed(format!(
                    "recognising the page took longer than {} s: raise that in the settings",
                    self.settings.page_time.as_secs()
                ))),
            }
        })
    }
}

impl Ocr for Tesseract {
    fn recognise(&self, picture: &Picture<'_>) -> Result<Vec<RecognisedText>, OcrFault> {
        let languages = self.languages.get_or_init(|| languages(&self.settings)).clone()?;
        let upright = self.read(&languages, picture, false)?;
        // A page that lies on its side gives nonsense of low confidence.
        let [frame] = upright.as_slice() else { return Ok(upright) };
        if frame.confidence == 0 || frame.confidence >= CONFIDENT {
            return Ok(upright);
        }
        match self.read(&languages, picture, true) {
            Ok(turned) if confidence(&turned) > confidence(&upright) => Ok(turned),
            _ => Ok(upright),
        }
    }
}

fn confidence(frames: &[RecognisedText]) -> u8 {
    frames.iter().map(|frame| frame.confidence).max().unwrap_or(0)
}

fn drain(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        let _ = pipe.read_to_end(&mut bytes);
    }
    bytes
}

/// An installed Tesseract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledOcr {
    /// Its version, as it says it.
    pub version: String,
    /// Languages by Tesseract's names.
    pub languages: BTreeSet<String>,
}

/// The Tesseract of that name or path, if one can be started.
pub fn installed_ocr(program: &str) -> Option<InstalledOcr> {
    let languages = installed_languages(program)?;
    let said = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    // Version 3 says it on stderr.
    let said = if said.stdout.is_empty() { said.stderr } else { said.stdout };
    let first = String::from_utf8_lossy(&said).lines().next().unwrap_or_default().trim().to_owned();
    Some(InstalledOcr { version: first, languages })
}

fn installed_languages(program: &str) -> Option<BTreeSet<String>> {
    let listed = Command::new(program).arg("--list-langs").stdin(Stdio::null()).output().ok()?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    Some(listed.lines().skip(1).map(|line| line.trim().to_owned()).filter(|name| !name.is_empty()).collect())
}

/// The wanted languages that are installed, joined by `+`.
fn languages(settings: &OcrSettings) -> Result<String, OcrFault> {
    let missing = |what: String| OcrFault::Missing(format!("install {what} to read it"));
    let Some(there) = installed_languages(&settings.program) else {
        return Err(missing(format!("Tesseract ({PACKAGES})")));
    };
    let wanted = settings.languages.split('+').map(str::trim);
    let found: Vec<&str> = wanted.filter(|language| there.contains(*language)).collect();
    if found.is_empty() {
        return Err(missing(format!("Tesseract's data for {} ({PACKAGES})", settings.languages)));
    }
    Ok(found.join("+"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use assay_domain::port::Ocr;
    use assay_domain::{Extractor, OcrFault, PageOutcome, Picture};

    use super::{OcrSettings, Tesseract};

    /// Checks the fault that is reported for a picture that cannot be read.
    fn check(settings: OcrSettings, expected: fn(&OcrFault) -> bool, word: &str) {
        let pixels = vec![255; 400 * 400];
        let picture = Picture::Grey { width: 400, height: 400, pixels: &pixels };
        let fault = Tesseract::new(settings).recognise(&picture).unwrap_err();
        assert!(expected(&fault) && fault.reason().contains(word), "{fault:?}");
    }

    #[test]
    fn a_missing_program_and_a_missed_deadline_are_reported() {
        let plain = OcrSettings::default();
        let missing = |fault: &OcrFault| matches!(fault, OcrFault::Missing(_));
        check(OcrSettings { program: "no-such-program".into(), ..plain.clone() }, missing, "install Tesseract");
        check(OcrSettings { languages: "xxx".into(), ..plain.clone() }, missing, "data for xxx");
        let late = |fault: &OcrFault| matches!(fault, OcrFault::OutOfTime(_));
        check(OcrSettings { file_time: Duration::ZERO, ..plain.clone() }, late, "0 s");
        let slow = |fault: &OcrFault| matches!(fault, OcrFault::Failed(_));
        check(OcrSettings { page_time: Duration::ZERO, ..plain }, slow, "longer than 0 s");
    }

    #[test]
    fn bytes_that_are_not_a_picture_are_refused() {
        let fault = Tesseract::new(OcrSettings::default()).recognise(&Picture::File(b"no picture")).unwrap_err();
        assert!(fault.reason().contains("Tesseract gave up"), "{fault:?}");
    }

    /// Checks the text that is recognised in a file of the fixtures. The set-up installs Tesseract.
    fn check_read(name: &str, expected: &[&str]) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/documents").join(name);
        let tesseract = Tesseract::new(OcrSettings::default());
        let options = assay_text::ReadOptions { ocr: Some(&tesseract), ..assay_text::ReadOptions::default() };
        let document = assay_text::read_with(&std::fs::read(path).unwrap(), name, &options).unwrap();
        let [page] = document.pages.as_slice() else { panic!("{name} has one page") };
        for words in expected {
            assert!(page.text.contains(words), "{name} lacks {words:?}: {:?}", page.text);
        }
        assert_eq!((page.extractor, &page.outcome), (Extractor::Ocr, &PageOutcome::Text), "{name}");
        assert!(page.confidence.is_some_and(|sure| sure >= 70), "{name}: {:?}", page.confidence);
    }

    #[test]
    fn scans_and_pictures_are_read() {
        check_read("scanned.pdf", &["This line is a picture.", "A reader finds no text here."]);
        check_read("written.png", &["The lamp is lit at seven.", "灯塔看守人每晚七点点灯"]);
    }
}
