//! `collections`.

use std::process::ExitCode;

use assay_app::Session;
use assay_contract::call;

use crate::arguments::{CollectionAction, Collections};
use crate::folders::meant;
use crate::print::{json_to, table};

/// `assay collections`: the list, after the change if one is asked for.
pub async fn collections(session: &Session, command: Collections) -> anyhow::Result<ExitCode> {
    match &command.action {
        None => (),
        Some(CollectionAction::Rename { old, new }) => {
            session.call(call::RenameCollection { old: old.clone(), new: new.clone() }).await?
        }
        Some(CollectionAction::Move { to, ids, folder }) => {
            for folder in folder {
                for id in meant(session, folder).await? {
                    session.call(call::MoveFolder { folder: id, to: to.clone() }).await?;
                }
            }
            session.call(call::MoveDocuments { documents: ids.clone(), to: to.clone() }).await?;
        }
    }
    let list = session.call(call::CollectionRows {}).await?;
    if command.json {
        json_to(&list)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows =
        list.collections.iter().map(|row| [row.name.clone(), row.documents.to_string(), row.folders.to_string()]);
    table(&["collection", "documents", "folders"], rows.collect());
    Ok(if list.collections.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
}
