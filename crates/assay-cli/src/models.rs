//! `models`: the shelf.

use std::path::PathBuf;
use std::process::ExitCode;

use assay_desk::{Cancel, Failure, Home, model_row, shelf_of};
use assay_engines::shelf::{Bring, Phase, Shelf};

use crate::arguments::ModelAction;
use crate::print::{Progress, json_to, table};

/// `assay models ...`
pub fn models(data: Option<PathBuf>, action: ModelAction) -> anyhow::Result<ExitCode> {
    let shelf = shelf_of(&data.unwrap_or_else(Home::usual))?;
    match action {
        ModelAction::List { json } => list(&shelf, json)?,
        ModelAction::Show { name } => show(&shelf, &name)?,
        ModelAction::Pull { name, hub, proxy } => {
            let shelf = shelf.through(hub.as_deref(), proxy.as_deref());
            let mut progress = Progress::new();
            let place = shelf.pull(&name, &Cancel::default(), &mut |pull| match pull.phase {
                Phase::Asking => progress.say(&format!("{name}: asking the hub")),
                Phase::Fetching => progress.bytes(&name, pull.done, pull.total, pull.speed, pull.seconds_left),
                Phase::Checking => progress.say(&format!("{name}: comparing checksums")),
            });
            progress.end();
            println!("{name} is here: {}", place.map_err(Failure::from)?.display());
        }
        ModelAction::Import { name, from, link } => {
            let how = if link { Bring::Link } else { Bring::Copy };
            let place = shelf.import(&name, &from, how).map_err(Failure::from)?;
            println!("{name} is here: {}", place.display());
        }
        ModelAction::Remove { name } => {
            shelf.remove(&name).map_err(Failure::from)?;
            println!("{name} is gone");
        }
        ModelAction::Verify { name } => {
            shelf.verify(&name).map_err(Failure::from)?;
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
    let model = shelf.model(name).map_err(Failure::from)?;
    json_to(&model_row(shelf, model))?;
    for file in &model.files {
        println!("{}  sha256 {}", file.place(), file.sha256.as_deref().unwrap_or("as the hub states it"));
    }
    Ok(())
}
