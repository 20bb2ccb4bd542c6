//! Which documents a question searches.

use assay_contract::ScopeChoice;
use clap::Args;

/// Limits of the documents that are searched. All that is given must hold; of one that is repeated, one value.
#[derive(Debug, Args)]
pub struct ScopeArgs {
    /// Only this document, by its number in `assay documents`; may be repeated
    #[arg(long, value_name = "ID")]
    pub document: Vec<i64>,
    #[command(flatten)]
    pub kinds: KindArgs,
}

/// Limits by what documents are.
#[derive(Debug, Args)]
pub struct KindArgs {
    /// Only files below this folder: its path, or the names of folders in a row, as `2024/invoices`
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<String>,
    /// Only this format, as `pdf`; may be repeated
    #[arg(long, value_name = "NAME")]
    pub format: Vec<String>,
    /// Only documents in this language, as `zh` or `deu`; may be repeated
    #[arg(long, value_name = "CODE")]
    pub language: Vec<String>,
    /// Only files last written on this day or later, as `2024-12-31` (UTC)
    #[arg(long, value_name = "DAY")]
    pub since: Option<String>,
    /// Only files last written before this day (UTC)
    #[arg(long, value_name = "DAY")]
    pub before: Option<String>,
}

impl ScopeArgs {
    /// The limits as a request has them; `None` without any.
    pub fn choice(self) -> Option<ScopeChoice> {
        self.kinds.choice(self.document)
    }
}

impl KindArgs {
    /// The limits as a request has them, of these documents or of all; `None` without any. A folder that is there from
    /// here is meant by its path.
    pub fn choice(self, documents: Vec<i64>) -> Option<ScopeChoice> {
        let Self { folder, format, language, since, before } = self;
        let there = |folder: String| match std::fs::canonicalize(&folder) {
            Ok(path) if path.is_dir() => path.to_str().map_or(folder, str::to_owned),
            _ => folder,
        };
        let (folder, formats, languages) = (folder.map(there), format, language);
        let choice = ScopeChoice { documents, folder, formats, languages, since, before };
        (choice != ScopeChoice::default()).then_some(choice)
    }
}
