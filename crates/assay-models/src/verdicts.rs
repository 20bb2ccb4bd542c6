//! The verdicts of precision trials, kept so that each model is tried once on this processor.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assay_encoder::{Precision, Verdict, Verdicts};
use serde::{Deserialize, Serialize};

/// A file of verdicts in the folder of models. If it cannot be read or written, trials are run again.
#[derive(Debug, Clone)]
pub struct FiledVerdicts {
    path: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Line {
    precision: String,
    why: String,
}

impl FiledVerdicts {
    /// The file in a folder of models.
    pub(crate) fn in_folder(models: &Path) -> Self {
        Self { path: models.join("precisions.json") }
    }

    fn read(&self) -> BTreeMap<String, Line> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn write(&self, lines: &BTreeMap<String, Line>) -> std::io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        // Another process may write at the same time: each has its own draft, and the last rename wins.
        let draft = self.path.with_extension(format!("{}.part", std::process::id()));
        std::fs::write(&draft, serde_json::to_vec_pretty(lines)?)?;
        std::fs::rename(&draft, &self.path)
    }
}

impl Verdicts for FiledVerdicts {
    fn recall(&self, key: &str) -> Option<Verdict> {
        let line = self.read().remove(key)?;
        let precision = Precision::parse(&line.precision).filter(|precision| *precision != Precision::Auto)?;
        Some(Verdict { precision, why: line.why })
    }

    fn remember(&self, key: &str, verdict: &Verdict) {
        let mut lines = self.read();
        lines.insert(key.into(), Line { precision: verdict.precision.name().into(), why: verdict.why.clone() });
        // A verdict that cannot be kept costs only time.
        let _ = self.write(&lines);
    }
}

#[cfg(test)]
mod tests {
    use assay_encoder::{Precision, Verdict, Verdicts};

    use super::FiledVerdicts;

    #[test]
    fn verdicts_are_kept_and_a_damaged_file_is_ignored() {
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("models");
        let verdict = |precision, why: &str| Verdict { precision, why: why.into() };
        let filed = FiledVerdicts::in_folder(&models);
        assert_eq!(filed.recall("a"), None);
        filed.remember("a", &verdict(Precision::Int8, "tau 0.99"));
        filed.remember("b", &verdict(Precision::F32, "tau 0.90"));
        let anew = FiledVerdicts::in_folder(&models);
        assert_eq!(anew.recall("a"), Some(verdict(Precision::Int8, "tau 0.99")));
        assert_eq!(anew.recall("b"), Some(verdict(Precision::F32, "tau 0.90")));
        assert_eq!(anew.recall("c"), None);
        std::fs::write(models.join("precisions.json"), "{").unwrap();
        assert_eq!(anew.recall("a"), None);
        anew.remember("a", &verdict(Precision::Bf16, "again"));
        assert_eq!(anew.recall("a"), Some(verdict(Precision::Bf16, "again")));
    }
}
