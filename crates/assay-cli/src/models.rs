//! `models`: the model registry.

use std::path::PathBuf;
use std::process::ExitCode;

use assay_app::{Cancel, Failure, Home, ImportMode, ModelRegistry, Phase, model_row, registry_of};

use crate::arguments::ModelAction;
use crate::print::{Progress, json_to, table};

/// `assay models ...`
pub fn models(data: Option<PathBuf>, action: ModelAction) -> anyhow::Result<ExitCode> {
    let registry = registry_of(&data.unwrap_or_else(Home::usual))?;
    match action {
        ModelAction::List { json } => list(&registry, json)?,
        ModelAction::Show { name } => show(&registry, &name)?,
        ModelAction::Pull { name, hub, proxy } => {
            let registry = registry.through(hub.as_deref(), proxy.as_deref());
            let mut progress = Progress::new();
            let place = registry.pull(&name, &Cancel::default(), &mut |pull| match pull.phase {
                Phase::Asking => progress.say(&format!("{name}: asking the hub")),
                Phase::Fetching => progress.bytes(&name, pull.done, pull.total, pull.speed, pull.seconds_left),
                Phase::Checking => progress.say(&format!("{name}: comparing checksums")),
            });
            progress.end();
            println!("{name} is here: {}", place.map_err(Failure::from)?.display());
        }
        ModelAction::Import { name, from, link } => {
            let method = if link { ImportMode::Link } else { ImportMode::Copy };
            let place = registry.import(&name, &from, method).map_err(Failure::from)?;
            println!("{name} is here: {}", place.display());
        }
        ModelAction::Remove { name } => {
            registry.remove(&name).map_err(Failure::from)?;
            println!("{name} was removed");
        }
        ModelAction::Verify { name } => {
            registry.verify(&name).map_err(Failure::from)?;
            println!("{name} agrees with its checksums");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(registry: &ModelRegistry, json: bool) -> anyhow::Result<()> {
    let rows: Vec<_> = registry.models().iter().map(|model| model_row(registry, model)).collect();
    if json {
        return json_to(&serde_json::json!({ "models": rows }));
    }
    let rows = rows.into_iter().map(|row| {
        [row.role.to_string(), row.state.to_string(), row.name, row.languages.join(" "), row.licence, row.about]
    });
    table(&["role", "state", "name", "languages", "licence", "about"], rows.collect());
    Ok(())
}

fn show(registry: &ModelRegistry, name: &str) -> anyhow::Result<()> {
    let model = registry.model(name).map_err(Failure::from)?;
    json_to(&model_row(registry, model))?;
    for file in &model.files {
        println!("{}  sha256 {}", file.place(), file.sha256.as_deref().unwrap_or("as the hub states it"));
    }
    Ok(())
}
