//! Going back to a snapshot of the catalogue.

use std::path::PathBuf;

use assay_contract::{SnapshotList, SnapshotRow};
use assay_domain::{Failure, Problem};
use assay_engines::{Home, Snapshot, put_back, snapshots};

/// The snapshots of a data folder, the newest first.
pub fn snapshot_rows(data: Option<PathBuf>) -> SnapshotList {
    let home = data.unwrap_or_else(Home::usual);
    let snapshots = snapshots(&Home::snapshots_in(&home)).into_iter().map(row).collect();
    SnapshotList { snapshots }
}

/// Puts a snapshot in the place of the catalogue, the newest with text if none is named. The
/// catalogue of now is set aside. What the index lacks then is filled in when it is next opened.
pub fn restore(data: Option<PathBuf>, name: Option<&str>) -> Result<SnapshotRow, Failure> {
    let home = Home::open(&data.unwrap_or_else(Home::usual))?;
    let all = snapshots(&home.snapshots());
    let newest = || all.iter().find(|snapshot| snapshot.with_text).or(all.first());
    let chosen = match name {
        Some(name) => all.iter().find(|snapshot| snapshot.name == name),
        None => newest(),
    };
    let missing = || {
        let message = name.map_or("there is no snapshot to put back".to_owned(), |name| {
            format!("there is no snapshot {name}, or it is damaged")
        });
        Failure::new(Problem::MissingFile, message, "list them: assay restore --list")
    };
    let chosen = chosen.ok_or_else(missing)?;
    put_back(&home, chosen)?;
    Ok(row(chosen.clone()))
}

fn row(snapshot: Snapshot) -> SnapshotRow {
    SnapshotRow {
        name: snapshot.name,
        taken: snapshot.taken,
        documents: snapshot.documents,
        bytes: snapshot.bytes,
        with_text: snapshot.with_text,
    }
}
