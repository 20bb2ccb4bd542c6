//! `models`: the shelf.

use std::path::PathBuf;
use std::process::ExitCode;

use assay_desk::{Home, model_row};
use assay_engines::shelf::Shelf;

use crate::arguments::ModelAction;
use crate::print::{Progress, json_to, table};

/// `assay models ...`
pub fn models(data: Option<PathBuf>, action: ModelAction) -> anyhow::Result<ExitCode> {
    let folder = data.unwrap_or_else(Home::usual).join("models");
    let shelf = Shelf::open(folder).map_err(assay_desk::Failure::from)?;
    match action {
        ModelAction::List { json } => list(&shelf, json)?,
        ModelAction::Show { name } => show(&shelf, &name)?,
        ModelAction::Pull { name } => {
            let mut progress = Progress::new();
            let place = shelf.pull(&name, &mut |file, done, total| progress.bytes(file, done, total));
            progress.end();
            println!("{name} is here: {}", place.map_err(assay_desk::Failure::from)?.display());
        }
        ModelAction::Import { name, from } => {
            let place = shelf.import(&name, &from).map_err(assay_desk::Failure::from)?;
            println!("{name} is here: {}", place.display());
        }
        ModelAction::Verify { name } => {
            shelf.verify(&name).map_err(assay_desk::Failure::from)?;
            println!("{name} is whole");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(shelf: &Shelf, json: bool) -> anyhow::Result<()> {
    let rows: Vec<_> = shelf.models().iter().map(|model| model_row(shelf, model)).collect();
    if json {
        return json_to(&serde_json::json!({ "models": rows }));
    }
    let rows =
        rows.into_iter().map(|row| [row.role, row.state, row.name, row.languages.join(" "), row.licence, row.about]);
    table(&["role", "state", "name", "languages", "licence", "about"], rows.collect());
    Ok(())
}

fn show(shelf: &Shelf, name: &str) -> anyhow::Result<()> {
    let model = shelf.model(name).map_err(assay_desk::Failure::from)?;
    json_to(&model_row(shelf, model))?;
    for file in &model.files {
        println!("{}  sha256 {}", file.path, file.sha256.as_deref().unwrap_or("as the hub states it"));
    }
    Ok(())
}
