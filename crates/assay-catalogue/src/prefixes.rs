//! Paths of Windows that earlier versions stored with the prefix `\\?\`.

use rusqlite::params;

use crate::error::CatalogueError;
use crate::store::Store;

impl Store {
    /// Gives stored paths of Windows the form in which files are found now, as `plain` tells. One whose plain form another
    /// row of its collection has stays.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn strip_prefixes(&self, plain: impl Fn(&str) -> Option<String>) -> Result<(), CatalogueError> {
        let mut changes: Vec<(&str, i64, String)> = Vec::new();
        self.read(|connection| {
            for table in ["folders", "documents", "dismissed", "queue"] {
                let mut rows = connection.prepare(&format!(r"SELECT id, path FROM {table} WHERE path LIKE '\\?\%'"))?;
                for row in rows.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))? {
                    let (id, path): (i64, String) = row?;
                    changes.extend(plain(&path).map(|path| (table, id, path)));
                }
            }
            Ok(())
        })?;
        if changes.is_empty() {
            return Ok(());
        }
        self.transact(|transaction| {
            for (table, id, path) in &changes {
                transaction
                    .prepare_cached(&format!("UPDATE OR IGNORE {table} SET path = ?2 WHERE id = ?1"))?
                    .execute(params![id, path])?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use assay_domain::port::Catalogue;

    use crate::tests::Library;

    #[test]
    fn a_file_is_found_again_under_the_path_without_the_prefix() {
        let library = Library::new();
        let [moves, stays, _twice] =
            [r"\\?\C:\n\a.txt", r"\\?\C:\n\b.txt", r"C:\n\b.txt"].map(|path| library.enqueue(path));
        let unix = library.enqueue("/n/a.txt");
        library.store.watch(r"\\?\C:\n", "default").unwrap();
        let plain = |path: &str| path.strip_prefix(r"\\?\").map(str::to_owned);
        library.store.strip_prefixes(plain).unwrap();
        let paths = [moves, stays, unix].map(|document| library.document(document).path);
        assert_eq!(paths, [r"C:\n\a.txt", r"\\?\C:\n\b.txt", "/n/a.txt"]);
        assert_eq!(library.store.folders().unwrap()[0].path, r"C:\n");
        assert_eq!(library.store.documents().unwrap().len(), 4);
    }
}
