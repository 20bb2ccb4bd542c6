//! The user's judgements of passages, and the measurements made with them.

use std::collections::HashSet;

use assay_domain::DocumentId;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, params};

use crate::error::CatalogueError;
use crate::store::Store;

/// A judgement. It holds the passage's text, because a chunk's name is only valid for one reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The catalogue's number; 0 before it is kept.
    pub id: i64,
    /// The question.
    pub question: String,
    /// The document that it is about and is deleted with, if it was made in one.
    pub document: Option<DocumentId>,
    /// File name: the document's present one, or the one that an imported judgement names.
    pub name: Option<String>,
    /// The page's own number, if known.
    pub page: Option<u32>,
    /// Text of the passage, if known.
    pub passage: Option<String>,
    /// 0 not relevant, 1 and up relevant.
    pub grade: u32,
    /// Where it comes from.
    pub origin: LabelOrigin,
}

/// Where a judgement comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelOrigin {
    /// Marked while reading.
    Marked,
    /// Imported from a file.
    Imported,
    /// A proposed question that the user accepted.
    Proposed,
}

impl ToSql for LabelOrigin {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            Self::Marked => "marked",
            Self::Imported => "imported",
            Self::Proposed => "proposed",
        }))
    }
}

impl FromSql for LabelOrigin {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "marked" => Ok(Self::Marked),
            "imported" => Ok(Self::Imported),
            "proposed" => Ok(Self::Proposed),
            unknown => Err(FromSqlError::Other(format!("there is no origin {unknown:?}").into())),
        }
    }
}

/// A saved measurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The catalogue's number.
    pub id: i64,
    /// Seconds since 1970, UTC.
    pub created: i64,
    /// The measurement as the front end wrote it (JSON); it is not read here.
    pub run: String,
}

impl Store {
    /// Saves judgements in one transaction; one that exists already gets the new grade. A judgement made in a
    /// document takes the place of an imported one of the same passage under the document's name.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn save_labels(&self, labels: &[Label]) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO labels (question, document, name, page, passage, grade, origin) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
                 ON CONFLICT (question, coalesce(document, -1), \
                     CASE WHEN document IS NULL THEN coalesce(name, '') ELSE '' END, \
                     coalesce(page, -1), coalesce(passage, '')) \
                 DO UPDATE SET grade = excluded.grade, origin = excluded.origin, name = excluded.name",
            )?;
            let mut replace = transaction.prepare_cached(
                "DELETE FROM labels WHERE document IS NULL AND question = ?1 AND name IS ?2 AND page IS ?3 AND passage IS ?4",
            )?;
            for label in labels {
                let document = label.document.map(|document| document.0);
                if document.is_some() {
                    replace.execute(params![label.question, label.name, label.page, label.passage])?;
                }
                insert.execute(params![
                    label.question,
                    document,
                    label.name,
                    label.page,
                    label.passage,
                    label.grade,
                    label.origin
                ])?;
            }
            Ok(())
        })
    }

    /// All judgements, in the order they were made.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn labels(&self) -> Result<Vec<Label>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT labels.id, question, document, coalesce(documents.name, labels.name), page, passage, grade, origin \
                 FROM labels LEFT JOIN documents ON documents.id = document ORDER BY labels.id",
            )?;
            let rows = statement.query_map([], label)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The judgements that can be measured now: without those of missing documents, which cannot be found.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn measurable_labels(&self) -> Result<Vec<Label>, CatalogueError> {
        let missing: HashSet<DocumentId> = self.missing_for(0)?.into_iter().collect();
        let there = |label: &Label| label.document.is_none_or(|document| !missing.contains(&document));
        Ok(self.labels()?.into_iter().filter(there).collect())
    }

    /// Deletes judgements. Unknown numbers are no error.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn delete_labels(&self, ids: &[i64]) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            let mut delete = transaction.prepare_cached("DELETE FROM labels WHERE id = ?1")?;
            for id in ids {
                delete.execute([id])?;
            }
            Ok(())
        })
    }

    /// Saves a measurement. Returns its number and time.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn save_run(&self, run: &str) -> Result<(i64, i64), CatalogueError> {
        self.transact(|transaction| {
            let mut insert = transaction.prepare_cached("INSERT INTO runs (run) VALUES (?1) RETURNING id, created")?;
            Ok(insert.query_row([run], |row| Ok((row.get(0)?, row.get(1)?)))?)
        })
    }

    /// Saved measurements, newest first.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn runs(&self) -> Result<Vec<Run>, CatalogueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, created, run FROM runs ORDER BY id DESC")?;
            let rows =
                statement.query_map([], |row| Ok(Run { id: row.get(0)?, created: row.get(1)?, run: row.get(2)? }))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Deletes a measurement. An unknown number is no error.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn delete_run(&self, id: i64) -> Result<(), CatalogueError> {
        self.transact(|transaction| {
            transaction.execute("DELETE FROM runs WHERE id = ?1", [id])?;
            Ok(())
        })
    }
}

fn label(row: &Row<'_>) -> rusqlite::Result<Label> {
    Ok(Label {
        id: row.get(0)?,
        question: row.get(1)?,
        document: row.get::<_, Option<i64>>(2)?.map(DocumentId),
        name: row.get(3)?,
        page: row.get(4)?,
        passage: row.get(5)?,
        grade: row.get(6)?,
        origin: row.get(7)?,
    })
}

#[cfg(test)]
mod tests {
    use assay_domain::port::{Catalogue, GenerationContent, Source};
    use assay_domain::{Fingerprint, ReadDocument};

    use super::{Label, LabelOrigin};
    use crate::Store;

    #[test]
    fn judgements_are_kept_once_and_go_with_their_document() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("catalogue.sqlite")).unwrap();
        let source = Source::at("/a.txt", "a.txt");
        let document = store.enqueue("default", &source).unwrap();
        let generation = store.begin(document).unwrap();
        let read = ReadDocument { format: "text".into(), pages: Vec::new(), language: None, hash: "h".into() };
        let fingerprint = Fingerprint { hash: "h".into(), bytes: 1 };
        let reading =
            GenerationContent { fingerprint, document: read, chunks: 0, reason: None, by: "r".into(), revision: 1 };
        store.commit(document, generation, &reading).unwrap();
        let label = |question: &str, document, grade| Label {
            id: 0,
            question: question.into(),
            document,
            name: Some("a.txt".into()),
            page: None,
            passage: Some("words".into()),
            grade,
            origin: LabelOrigin::Marked,
        };
        store.save_labels(&[label("q", Some(document), 1), label("other", None, 1)]).unwrap();
        store.save_labels(&[label("q", Some(document), 0)]).unwrap();
        let grades: Vec<u32> = store.labels().unwrap().iter().map(|label| label.grade).collect();
        assert_eq!(grades, [0, 1], "the same judgement is one row with the newer grade");
        store.remove(&[document]).unwrap();
        let left = store.labels().unwrap();
        assert_eq!(left.len(), 1, "a judgement goes with its document");
        store.delete_labels(&[left[0].id, 99]).unwrap();
        assert!(store.labels().unwrap().is_empty());
    }

    #[test]
    fn runs_are_kept_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("catalogue.sqlite")).unwrap();
        let (first, _) = store.save_run("{}").unwrap();
        let (second, _) = store.save_run("{\"a\":1}").unwrap();
        let ids: Vec<i64> = store.runs().unwrap().iter().map(|run| run.id).collect();
        assert_eq!(ids, [second, first]);
        store.delete_run(second).unwrap();
        assert_eq!(store.runs().unwrap().len(), 1);
    }
}
