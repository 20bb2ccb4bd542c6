//! The arguments after the suite's name.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// A folder, and numbers by option name.
#[derive(Debug, Clone, Default)]
pub struct Options {
    folder: Option<PathBuf>,
    numbers: BTreeMap<String, f64>,
}

impl Options {
    /// Parses `FOLDER` and `--count 300`; an option must be in `known`.
    pub fn parse(words: &[String], known: &[&str]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else {
                options.folder = Some(PathBuf::from(word));
                continue;
            };
            if !known.contains(&name) {
                return Err(format!("unknown option --{name}; this suite has {}", known.join(", ")));
            }
            let number = words.next().and_then(|word| word.parse().ok());
            options.numbers.insert(name.to_owned(), number.ok_or(format!("--{name} needs a number"))?);
        }
        Ok(options)
    }

    /// Options from values, for tests.
    pub fn of(folder: Option<PathBuf>, numbers: &[(&str, f64)]) -> Self {
        Self { folder, numbers: numbers.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect() }
    }

    /// The absolute path of the folder. Fails if it is not given or does not exist.
    pub fn folder(&self) -> Result<PathBuf, String> {
        let folder = self.folder.as_ref().ok_or("name a folder")?;
        folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))
    }

    /// The option's value, or the default `or`.
    pub fn number(&self, name: &str, or: f64) -> f64 {
        self.numbers.get(name).copied().unwrap_or(or)
    }

    /// The option's value as a count, or the default `or`.
    pub fn count(&self, name: &str, or: u64) -> u64 {
        self.number(name, or as f64) as u64
    }
}
