//! Roots: the folders that the documents of a library lie in, and their way to another place.

use std::collections::BTreeMap;
use std::path::{MAIN_SEPARATOR, Path};

use rusqlite::{Connection, params};

use crate::database;
use crate::error::CatalogueError;

/// A folder that documents lie in: a watched one, or the topmost folder of files that were added by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Its path on the machine that the catalogue comes from.
    pub path: String,
    /// Documents below it.
    pub documents: u32,
    /// Whether it is watched.
    pub watched: bool,
}

/// Every document lies in exactly one of these. Nested folders are one root, the outer one.
pub fn roots(connection: &Connection) -> Result<Vec<Root>, CatalogueError> {
    let list = |sql: &str| -> Result<Vec<String>, CatalogueError> {
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let watched = list("SELECT path FROM folders")?;
    let documents = list("SELECT path FROM documents")?;
    let mut folders: Vec<&str> = watched.iter().map(String::as_str).collect();
    folders.extend(documents.iter().map(|path| parent(path)));
    // An outer folder sorts before those in it.
    folders.sort_unstable_by_key(|path| (path.len(), *path));
    folders.dedup();
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for folder in folders {
        if !counts.keys().any(|outer| below(folder, outer).is_some()) {
            counts.insert(folder, 0);
        }
    }
    for document in &documents {
        if let Some((_, count)) = counts.iter_mut().find(|(root, _)| below(document, root).is_some()) {
            *count += 1;
        }
    }
    let root = |(path, documents): (&str, u32)| Root {
        path: path.to_owned(),
        documents,
        watched: watched.iter().any(|folder| below(folder, path).is_some()),
    };
    Ok(counts.into_iter().map(root).collect())
}

/// Moves the paths of a catalogue from old folders to new ones, in one transaction, and forgets what was known of disks
/// and files of the old machine. Of several old folders the longest that fits counts.
///
/// # Errors
/// [`CatalogueError::Sqlite`] if two documents would get one path; fails if the disk does.
pub fn repoint(catalogue: &Path, moves: &[(String, String)]) -> Result<(), CatalogueError> {
    let mut connection = database::connect(catalogue)?;
    let transaction = connection.transaction()?;
    for table in ["folders", "documents", "dismissed", "queue"] {
        let rows: Vec<(i64, String)> = transaction
            .prepare(&format!("SELECT id, path FROM {table} WHERE path IS NOT NULL"))?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        // Out of the way first: a path may be another row's path of before.
        let mut moved = Vec::new();
        for (id, path) in rows {
            if let Some(to) = moved_to(&path, moves) {
                transaction
                    .prepare_cached(&format!("UPDATE {table} SET path = ?2 WHERE id = ?1"))?
                    .execute(params![id, format!("\u{0}{id}")])?;
                moved.push((id, to));
            }
        }
        for (id, to) in moved {
            transaction
                .prepare_cached(&format!("UPDATE {table} SET path = ?2 WHERE id = ?1"))?
                .execute(params![id, to])?;
        }
    }
    transaction.execute_batch(
        "UPDATE folders SET device = NULL, scanned = NULL, away = NULL;
        UPDATE documents SET device = NULL, seen_inode = NULL, seen_changed = NULL, seen_modified = NULL;",
    )?;
    transaction.commit()?;
    Ok(())
}

/// Where a path of the old machine is on this one; as it was if no pair of folders moves it.
pub fn new_place(path: &str, moves: &[(String, String)]) -> String {
    moved_to(path, moves).unwrap_or_else(|| path.to_owned())
}

fn moved_to(path: &str, moves: &[(String, String)]) -> Option<String> {
    let fitting = moves.iter().filter_map(|(old, new)| Some((old, new, below(path, old)?)));
    let (old, new, rest) = fitting.max_by_key(|(old, ..)| old.len())?;
    let rest: Vec<&str> = rest.split(separators(old)).filter(|part| !part.is_empty()).collect();
    let separator = if new.contains('\\') && !new.contains('/') { '\\' } else { MAIN_SEPARATOR };
    let mut to = new.trim_end_matches(['/', '\\']).to_owned();
    for part in rest {
        to.push(separator);
        to.push_str(part);
    }
    // The root of a file system is its own separator.
    Some(if to.is_empty() { new.clone() } else { to })
}

/// The part of a path below a folder; the path itself is below it, too. Paths of Windows are known by their drive or
/// share, wherever this runs: in them both slashes separate, elsewhere a backslash may be part of a name.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let separators = separators(folder);
    let rest = path.strip_prefix(folder.trim_end_matches(separators))?;
    (rest.is_empty() || rest.starts_with(separators)).then_some(rest)
}

fn parent(path: &str) -> &str {
    match path.rfind(separators(path)) {
        Some(0) => &path[..1],
        Some(at) => &path[..at],
        None => path,
    }
}

fn separators(path: &str) -> &'static [char] {
    let bytes = path.as_bytes();
    let drive = bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    if drive || path.starts_with("\\\\") { &['/', '\\'] } else { &['/'] }
}
