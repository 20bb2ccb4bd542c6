//! `collections`.

use std::process::ExitCode;

use assay_app::App;

use crate::arguments::{CollectionAction, Collections};
use crate::folders::meant;
use crate::print::{json_to, table};

/// `assay collections`: the list, after the change if one is asked for.
pub async fn collections(app: &App, command: Collections) -> anyhow::Result<ExitCode> {
    match &command.action {
        None => (),
        Some(CollectionAction::Rename { old, new }) => app.rename_collection(old, new)?,
        Some(CollectionAction::Move { to, ids, folder }) => {
            for folder in folder {
                for id in meant(app, folder).await? {
                    app.move_folder(id, to)?;
                }
            }
            app.move_documents(ids, to)?;
        }
    }
    let list = app.collection_list()?;
    if command.json {
        json_to(&list)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows =
        list.collections.iter().map(|row| [row.name.clone(), row.documents.to_string(), row.folders.to_string()]);
    table(&["collection", "documents", "folders"], rows.collect());
    Ok(if list.collections.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
}
