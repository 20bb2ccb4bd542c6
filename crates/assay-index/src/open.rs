//! Opening the index, or making it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assay_domain::IndexIdentity;
use lancedb::index::Index;
use lancedb::{Connection, Error, ObjectStoreRegistry, Session, Table};
use tokio::sync::RwLock;

use crate::layout::{self, TABLE, TEXT};
use crate::{IndexError, Reader, Writer, heal};

/// Below this many rows every vector is compared: exact, and fast enough (50,000 vectors of 384
/// numbers are 75 MB).
const VECTOR_INDEX_FROM: usize = 50_000;

/// Lance would keep up to 6 GB of opened indexes and 1 GB of lists of files in memory.
const INDEX_CACHE: usize = 192 << 20;
const METADATA_CACHE: usize = 32 << 20;

/// What both handles know of the index.
#[derive(Debug)]
pub struct IndexTable {
    /// Length of a vector.
    pub dimension: usize,
    /// Rows from which on a vector index is worth having.
    pub vector_index_from: usize,
    /// Held for reading by every search, and for writing while files are deleted that a search
    /// might still want.
    pub pruning: RwLock<()>,
}

/// Opens the index in a folder, making it if it is not there. The reader sees what the writer
/// has finished. One process may have a folder open at a time.
///
/// # Errors
/// [`IndexError::AnotherModel`] if it was filled under another identity, [`IndexError::Damaged`]
/// if there is an index that cannot be opened, [`IndexError::Folder`] if the folder cannot be used.
pub async fn open(folder: &Path, identity: &IndexIdentity) -> Result<(Writer, Reader), IndexError> {
    open_with(folder, identity, VECTOR_INDEX_FROM).await
}

/// The same with another number of rows from which on a vector index is kept.
pub(crate) async fn open_with(
    folder: &Path,
    identity: &IndexIdentity,
    vector_index_from: usize,
) -> Result<(Writer, Reader), IndexError> {
    let (writer, reader, filled) = open_any_with(folder, identity, vector_index_from).await?;
    same(&filled, identity)?;
    Ok((writer, reader))
}

/// Opens the index in a folder whatever filled it, and says what did; one that is not there is
/// made for `identity`.
///
/// # Errors
/// As [`open`]; [`IndexError::AnotherModel`] only if another version of this program laid it out.
pub async fn open_any(folder: &Path, identity: &IndexIdentity) -> Result<(Writer, Reader, IndexIdentity), IndexError> {
    open_any_with(folder, identity, VECTOR_INDEX_FROM).await
}

async fn open_any_with(
    folder: &Path,
    identity: &IndexIdentity,
    vector_index_from: usize,
) -> Result<(Writer, Reader, IndexIdentity), IndexError> {
    let folder = prepare_folder(folder)?;
    let connection = connect(&folder).await?;
    let (table, filled, healed) = open_or_create(&connection, &folder, identity).await?;
    let view = connection.open_table(TABLE).execute().await.map_err(|error| damaged(&folder, error))?;
    let index_table = Arc::new(IndexTable { dimension: filled.dimension, vector_index_from, pruning: RwLock::new(()) });
    let writer = Writer::new(folder, table, view.clone(), index_table.clone(), healed);
    writer.sync().await?;
    Ok((writer, Reader::new(view, index_table, false), filled))
}

fn same(filled: &IndexIdentity, wanted: &IndexIdentity) -> Result<(), IndexError> {
    match filled.difference(wanted) {
        Some(difference) => Err(IndexError::AnotherModel { difference }),
        None => Ok(()),
    }
}

impl Reader {
    /// Opens the read side alone, making an empty index if there is none. It looks for what
    /// others wrote before each search.
    ///
    /// # Errors
    /// As [`open`].
    pub async fn open(folder: &Path, identity: &IndexIdentity) -> Result<Self, IndexError> {
        let folder = prepare_folder(folder)?;
        let connection = connect(&folder).await?;
        let (table, filled, _) = open_or_create(&connection, &folder, identity).await?;
        same(&filled, identity)?;
        let index_table = Arc::new(IndexTable {
            dimension: identity.dimension,
            vector_index_from: VECTOR_INDEX_FROM,
            pruning: RwLock::new(()),
        });
        Ok(Self::new(table, index_table, true))
    }
}

async fn connect(folder: &Path) -> Result<Connection, IndexError> {
    let Some(name) = folder.to_str() else {
        return Err(IndexError::Folder { folder: folder.to_owned(), reason: "its name is not Unicode".to_owned() });
    };
    let session = Session::new(INDEX_CACHE, METADATA_CACHE, Arc::new(ObjectStoreRegistry::default()));
    let connecting = lancedb::connect(name).session(Arc::new(session)).execute();
    connecting.await.map_err(|error| damaged(folder, error))
}

async fn open_or_create(
    connection: &Connection,
    folder: &Path,
    identity: &IndexIdentity,
) -> Result<(Table, IndexIdentity, Vec<String>), IndexError> {
    let (table, healed) = heal::open_whole(connection, folder).await?;
    let table = match table {
        Some(table) => table,
        None => {
            clear_unfinished(folder)?;
            connection
                .create_empty_table(TABLE, layout::schema(identity))
                .execute()
                .await
                .map_err(|error| IndexError::engine("creating", error))?
        }
    };
    let schema = table.schema().await.map_err(|error| damaged(folder, error))?;
    let filled = layout::filled_by(&schema);
    let filled = filled.ok_or_else(|| IndexError::AnotherModel { difference: "layout is another version's".into() })?;
    // Without it Lance would search the text by whitespace and punctuation, which finds no Chinese.
    let indices = table.list_indices().await.map_err(|error| damaged(folder, error))?;
    if !indices.iter().any(|index| index.columns == [TEXT]) {
        table
            .create_index(&[TEXT], Index::FTS(layout::words()))
            .execute()
            .await
            .map_err(|error| IndexError::engine("creating", error))?;
    }
    Ok((table, filled, healed))
}

/// A process that died while it made the table leaves a folder without rows: it may go. If there
/// are rows but no table, something else went wrong, and nothing is deleted.
fn clear_unfinished(folder: &Path) -> Result<(), IndexError> {
    let table = folder.join(format!("{TABLE}.lance"));
    let rows = table.join("data");
    if rows.is_dir() && fs::read_dir(&rows).is_ok_and(|mut files| files.next().is_some()) {
        let reason = format!("{} holds rows, but no list of them", table.display());
        return Err(IndexError::Damaged { doing: "opening it", reason });
    }
    match fs::remove_dir_all(&table) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(IndexError::system("creating", error)),
        _ => Ok(()),
    }
}

/// The folder holds the text of every document, so it is this user's alone.
fn prepare_folder(folder: &Path) -> Result<PathBuf, IndexError> {
    let unusable = |error: io::Error| match error.kind() {
        io::ErrorKind::StorageFull => IndexError::DiskFull { doing: "creating" },
        _ => IndexError::Folder { folder: folder.to_owned(), reason: error.to_string() },
    };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(unusable)?;
    std::path::absolute(folder).map_err(unusable)
}

/// Whatever keeps an existing table from opening, short of the disk and its permissions.
pub(crate) fn damaged(folder: &Path, error: Error) -> IndexError {
    match IndexError::engine("opening it", error) {
        IndexError::Engine { doing, source } if source.to_string().contains("Permission denied") => {
            IndexError::Folder { folder: folder.to_owned(), reason: format!("{doing}: permission denied") }
        }
        IndexError::Engine { doing, source } => IndexError::Damaged { doing, reason: source.to_string() },
        other => other,
    }
}
