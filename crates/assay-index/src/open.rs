//! Opens the index, or creates it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assay_domain::IndexIdentity;
use lancedb::index::Index;
use lancedb::{Connection, ObjectStoreRegistry, Session, Table};

use crate::error::IndexError;
use crate::layout::{self, TABLE};
use crate::reader::Reader;
use crate::repair::{self, Repair};
use crate::table::{IndexTable, Scale};
use crate::writer::Writer;

/// Bytes of memory for opened search indexes and for manifests; Lance's defaults are 6 GB and 1 GB.
const INDEX_CACHE: usize = 192 << 20;
const METADATA_CACHE: usize = 32 << 20;

/// Opens the index in a folder, or creates it. The reader sees what the writer has finished. One
/// process may have a folder open at a time.
///
/// # Errors
/// [`IndexError::AnotherModel`] if it was filled under another identity, [`IndexError::Damaged`]
/// if an existing index cannot be opened, [`IndexError::Folder`] if the folder cannot be used.
pub async fn open(folder: &Path, identity: &IndexIdentity) -> Result<(Writer, Reader), IndexError> {
    open_with(folder, identity, Scale::default()).await
}

/// [`open`] with search indexes of another layout.
pub(crate) async fn open_with(
    folder: &Path,
    identity: &IndexIdentity,
    scale: Scale,
) -> Result<(Writer, Reader), IndexError> {
    let (writer, reader, filled) = open_any_with(folder, identity, scale).await?;
    same(&filled, identity)?;
    Ok((writer, reader))
}

/// Opens the index in a folder whatever filled it, and returns the identity that did; a new one is
/// created for `identity`.
///
/// # Errors
/// Those of [`open`]; [`IndexError::AnotherModel`] only if the layout is another version's.
pub async fn open_any(folder: &Path, identity: &IndexIdentity) -> Result<(Writer, Reader, IndexIdentity), IndexError> {
    open_any_with(folder, identity, Scale::default()).await
}

async fn open_any_with(
    folder: &Path,
    identity: &IndexIdentity,
    scale: Scale,
) -> Result<(Writer, Reader, IndexIdentity), IndexError> {
    let folder = prepare_folder(folder)?;
    let connection = connect(&folder).await?;
    let (table, filled, repairs) = open_or_create(&connection, &folder, identity).await?;
    let view = connection.open_table(TABLE).execute().await.map_err(|error| IndexError::opening(&folder, error))?;
    let index_table = IndexTable::new(&filled, scale);
    let writer = Writer::new(folder, table, view.clone(), index_table.clone(), repairs);
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
    /// Opens only the read side, or creates an empty index. It looks for newer versions before each
    /// search.
    ///
    /// # Errors
    /// Those of [`open`].
    pub async fn open(folder: &Path, identity: &IndexIdentity) -> Result<Self, IndexError> {
        let folder = prepare_folder(folder)?;
        let connection = connect(&folder).await?;
        let (table, filled, _) = open_or_create(&connection, &folder, identity).await?;
        same(&filled, identity)?;
        Ok(Self::new(table, IndexTable::new(&filled, Scale::default()), true))
    }
}

pub(crate) async fn connect(folder: &Path) -> Result<Connection, IndexError> {
    let Some(name) = folder.to_str() else {
        return Err(IndexError::Folder { folder: folder.to_owned(), reason: "its name is not Unicode".to_owned() });
    };
    let session = Session::new(INDEX_CACHE, METADATA_CACHE, Arc::new(ObjectStoreRegistry::default()));
    let connecting = lancedb::connect(name).session(Arc::new(session)).execute();
    connecting.await.map_err(|error| IndexError::opening(folder, error))
}

async fn open_or_create(
    connection: &Connection,
    folder: &Path,
    identity: &IndexIdentity,
) -> Result<(Table, IndexIdentity, Vec<Repair>), IndexError> {
    let (table, repairs) = repair::open_whole(connection, folder).await?;
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
    let schema = table.schema().await.map_err(|error| IndexError::opening(folder, error))?;
    let filled = layout::filled_by(&schema);
    let filled = filled.ok_or_else(|| IndexError::AnotherModel { difference: "layout is another version's".into() })?;
    // Without a full-text index Lance splits the text at whitespace and punctuation, which finds no Chinese.
    let indices = table.list_indices().await.map_err(|error| IndexError::opening(folder, error))?;
    let searched = layout::searched(filled.rows).iter();
    for column in searched.filter(|column| !indices.iter().any(|index| index.columns == [**column])) {
        table
            .create_index(&[*column], Index::FTS(layout::full_text()))
            .execute()
            .await
            .map_err(|error| IndexError::engine("creating", error))?;
    }
    Ok((table, filled, repairs))
}

/// Deletes the folder without rows that a process leaves if it dies while it creates the table. A
/// folder with rows but no manifest is an error, and nothing is deleted.
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

/// Creates the folder, readable by this user only: it holds the text of every document.
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
