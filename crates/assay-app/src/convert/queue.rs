//! The queue.

use std::path::Path;

use assay_contract as contract;
use assay_contract::{QueueReply, QueueWork};
use assay_domain::QueueReason;
use assay_library::{QueueRow, Waiting, Work};

use super::document;

/// The whole queue, with paths.
pub fn queue_reply(rows: Vec<QueueRow>) -> QueueReply {
    let queue: Vec<contract::QueueRow> = rows.into_iter().map(row).collect();
    let stopped = queue.iter().filter(|row| row.stopped).count() as u32;
    QueueReply { waiting: queue.len() as u32 - stopped, stopped, queue }
}

/// The name of a file or folder by its path; the root of a file system has none.
pub fn name(path: &str) -> Option<String> {
    Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned())
}

fn row(QueueRow { waiting, document }: QueueRow) -> contract::QueueRow {
    let Waiting { id: _, work, why, stopped, since } = waiting;
    let state = document.as_ref().map(|document| document::state(document.state));
    let (work, path, collection) = match work {
        Work::Read(_) => {
            let place = document.as_ref().map(|document| (document.path.clone(), document.collection.clone()));
            let (path, collection) = place.unwrap_or_default();
            (QueueWork::Read, path, collection)
        }
        Work::Walk { path, collection } => (QueueWork::Walk, path, collection),
        Work::Rebuild => (QueueWork::Rebuild, String::new(), String::new()),
    };
    let name = name(&path).unwrap_or_default();
    contract::QueueRow {
        work,
        document: document.map(|document| document.id.0),
        path: (!path.is_empty()).then_some(path),
        name,
        collection,
        state,
        why: reason(why),
        stopped,
        since,
    }
}

fn reason(why: QueueReason) -> contract::QueueReason {
    match why {
        QueueReason::Added => contract::QueueReason::Added,
        QueueReason::Watched => contract::QueueReason::Watched,
        QueueReason::Again => contract::QueueReason::Again,
    }
}
