//! Which documents a question searches.

use std::path::Path;

use crate::{Document, DocumentId};

/// What of the library a question searches: every condition that is set must hold. The default is the whole library.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Only this collection.
    pub collection: Option<String>,
    /// Only these documents; all if empty.
    pub documents: Vec<DocumentId>,
    /// Only files below this folder: an absolute path, or the names of one or more folders in a row, as `2024/invoices`.
    pub folder: Option<String>,
    /// Only these formats, by the names of readers or by the endings of file names; all if empty.
    pub formats: Vec<String>,
    /// Only documents whose main language is one of these ISO 639-3 codes; all if empty.
    pub languages: Vec<String>,
    /// Only files that were last written at this Unix time or later.
    pub since: Option<i64>,
    /// Only files that were last written before this Unix time.
    pub before: Option<i64>,
}

/// What a scope looks at in a document.
#[derive(Debug, Clone, Copy)]
pub struct Scoped<'a> {
    /// The catalogue's number.
    pub document: DocumentId,
    /// Its collection.
    pub collection: &'a str,
    /// Absolute path of its file.
    pub path: &'a str,
    /// The format of the committed generation.
    pub format: Option<&'a str>,
    /// ISO 639-3 code of its main language.
    pub language: Option<&'a str>,
    /// [`Document::written`]
    pub written: Option<i64>,
}

/// How many documents a narrow scope searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Narrowed {
    /// Documents in the scope that answer.
    pub documents: usize,
    /// Documents of the library that answer.
    pub of: usize,
}

impl Scope {
    /// Whether anything but the collection limits it.
    pub fn is_narrow(&self) -> bool {
        let Self { collection: _, documents, folder, formats, languages, since, before } = self;
        let listed = !documents.is_empty() || !formats.is_empty() || !languages.is_empty();
        listed || folder.is_some() || since.is_some() || before.is_some()
    }

    /// Whether a document is searched.
    pub fn takes(&self, document: &Scoped<'_>) -> bool {
        let Self { collection, documents, folder, formats, languages, since, before } = self;
        let path = Path::new(document.path);
        let ending = path.extension().and_then(|ending| ending.to_str());
        let is_format =
            |name: &String| [document.format, ending].iter().flatten().any(|known| known.eq_ignore_ascii_case(name));
        let is_written = |within: &dyn Fn(i64) -> bool| document.written.is_some_and(within);
        collection.as_ref().is_none_or(|name| name == document.collection)
            && (documents.is_empty() || documents.contains(&document.document))
            && folder.as_ref().is_none_or(|folder| is_below(path, Path::new(folder)))
            && (formats.is_empty() || formats.iter().any(is_format))
            && (languages.is_empty() || languages.iter().any(|code| Some(code.as_str()) == document.language))
            && since.is_none_or(|since| is_written(&|at| at >= since))
            && before.is_none_or(|before| is_written(&|at| at < before))
    }
}

impl<'a> From<&'a Document> for Scoped<'a> {
    fn from(row: &'a Document) -> Self {
        Self {
            document: row.id,
            collection: &row.collection,
            path: &row.path,
            format: row.format.as_deref(),
            language: row.language.as_deref(),
            written: row.written,
        }
    }
}

fn is_below(path: &Path, folder: &Path) -> bool {
    if folder.is_absolute() {
        return path.starts_with(folder) && path != folder;
    }
    let names: Vec<_> = path.parent().into_iter().flat_map(Path::components).collect();
    let wanted: Vec<_> = folder.components().collect();
    !wanted.is_empty() && names.windows(wanted.len()).any(|some| some == wanted)
}

#[cfg(test)]
mod tests {
    use super::{Scope, Scoped};
    use crate::DocumentId;

    const BILL: Scoped<'static> = Scoped {
        document: DocumentId(7),
        collection: "home",
        path: "/papers/2024/invoices/Bill.PDF",
        format: Some("pdf"),
        language: Some("eng"),
        written: Some(100),
    };

    #[test]
    fn every_condition_that_is_set_must_hold() {
        let all = Scope::default();
        assert!(all.takes(&BILL) && !all.is_narrow());
        let set = |change: &dyn Fn(&mut Scope)| {
            let mut scope = Scope::default();
            change(&mut scope);
            scope
        };
        let folder = |name: &str| set(&|scope| scope.folder = Some(name.into()));
        let takes: [(Scope, bool); 16] = [
            (set(&|scope| scope.collection = Some("home".into())), true),
            (set(&|scope| scope.collection = Some("work".into())), false),
            (set(&|scope| scope.documents = vec![DocumentId(6), DocumentId(7)]), true),
            (set(&|scope| scope.documents = vec![DocumentId(6)]), false),
            (folder("/papers/2024"), true),
            (folder("/papers/20"), false),
            (folder("2024"), true),
            (folder("2024/invoices"), true),
            (folder("papers/invoices"), false),
            (folder("Bill.PDF"), false),
            (set(&|scope| scope.formats = vec!["docx".into(), "Pdf".into()]), true),
            (set(&|scope| scope.formats = vec!["docx".into()]), false),
            (set(&|scope| scope.languages = vec!["cmn".into()]), false),
            (set(&|scope| scope.since = Some(100)), true),
            (set(&|scope| scope.before = Some(100)), false),
            (set(&|scope| (scope.since, scope.before) = (Some(50), Some(101))), true),
        ];
        for (scope, taken) in takes {
            assert_eq!(scope.takes(&BILL), taken, "{scope:?}");
        }
        let both = Scope { formats: vec!["pdf".into()], languages: vec!["cmn".into()], ..Scope::default() };
        assert!(!both.takes(&BILL) && both.is_narrow());
        let unknown = Scoped { written: None, language: None, ..BILL };
        assert!(!Scope { before: Some(1_000), ..Scope::default() }.takes(&unknown), "the time is not known");
    }
}
