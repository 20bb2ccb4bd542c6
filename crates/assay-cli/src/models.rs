//! `models`: the model registry.

use std::process::ExitCode;

use assay_app::{
    App, Cancel, Failure, Home, ImportMode, ModelRegistry, Opening, Phase, model_row, model_rows, pair_rows,
    registry_of,
};
use assay_contract::{ModelObstacle, ModelRow, ModelState, PairRow, PullEvent, PullPhase};

use crate::arguments::{ModelAction, Source};
use crate::print::{Progress, json_to, table};

/// `assay models ...`
pub async fn models(opening: Opening, action: ModelAction) -> anyhow::Result<ExitCode> {
    let data = opening.data.clone().unwrap_or_else(Home::usual);
    match action {
        ModelAction::List { json } => list(&registry_of(&data)?, json)?,
        ModelAction::Show { name } => show(&registry_of(&data)?, &name)?,
        ModelAction::Pull { name, source } => {
            let registry = registry_of(&data)?.through(source.hub.as_deref(), source.proxy.as_deref());
            let mut progress = Progress::new();
            let place = registry.pull(&name, &Cancel::default(), &mut |pull| match pull.phase {
                Phase::Asking => progress.say(&format!("{name}: asking the hub")),
                Phase::Fetching => progress.bytes(&name, pull.done, pull.total, pull.speed, pull.seconds_left),
                Phase::Checking => progress.say(&format!("{name}: comparing checksums")),
            });
            progress.end();
            println!("{name} is here: {}", place.map_err(Failure::from)?.display());
        }
        ModelAction::Pairs { json } => pairs(&registry_of(&data)?, json)?,
        ModelAction::Take { pair, source } => take(opening, pair, source).await?,
        ModelAction::Import { name, from, link } => {
            let method = if link { ImportMode::Link } else { ImportMode::Copy };
            let place = registry_of(&data)?.import(&name, &from, method).map_err(Failure::from)?;
            println!("{name} is here: {}", place.display());
        }
        ModelAction::Remove { name } => {
            // The library is opened, because its index may need the model.
            App::open(opening)?.remove_model(&name).await?;
            println!("{name} was removed");
        }
        ModelAction::Verify { name } => {
            registry_of(&data)?.verify(&name).map_err(Failure::from)?;
            println!("{name} agrees with its checksums");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(registry: &ModelRegistry, json: bool) -> anyhow::Result<()> {
    let rows = model_rows(registry);
    if json {
        return json_to(&serde_json::json!({ "models": rows }));
    }
    let rows = rows.into_iter().map(|row| {
        let (state, bytes) = (state(&row), size_of(&row));
        [row.role.to_string(), state, row.name, bytes, row.languages.join(" "), row.licence, row.about]
    });
    table(&["role", "state", "name", "size", "languages", "licence", "about"], rows.collect());
    Ok(())
}

/// Whether a model is here, and if not, whether it can be downloaded.
fn state(row: &ModelRow) -> String {
    match (row.state, row.obstacle) {
        (ModelState::NotHere, Some(ModelObstacle::Family)) => "no engine yet".to_owned(),
        (ModelState::NotHere, Some(ModelObstacle::Pickle)) => "only a pickle".to_owned(),
        (state, _) if row.recommended => format!("{state}, recommended"),
        (state, _) => state.to_string(),
    }
}

/// The bytes on the disk, else those of the download.
fn size_of(row: &ModelRow) -> String {
    size(Some(row.bytes).filter(|bytes| *bytes > 0).or(row.download))
}

fn size(bytes: Option<u64>) -> String {
    match bytes {
        None => "not stated".to_owned(),
        Some(bytes) if bytes >= 1_000_000_000 => format!("{:.1} GB", bytes as f64 / 1e9),
        Some(bytes) => format!("{} MB", bytes.div_ceil(1_000_000)),
    }
}

fn pairs(registry: &ModelRegistry, json: bool) -> anyhow::Result<()> {
    let rows = pair_rows(registry);
    if json {
        return json_to(&serde_json::json!({ "pairs": rows }));
    }
    let rows = rows.into_iter().map(|row| {
        let machine = format!("{} GB{}", row.memory / 1_000_000_000, if row.recommended { ", this one" } else { "" });
        let (left, needs) = (size(row.download), size(row.needs));
        [row.name, machine, row.languages.join(" "), row.embedder, row.reranker, left, needs]
    });
    table(&["pair", "machine", "languages", "embedder", "reranker", "to download", "memory"], rows.collect());
    Ok(())
}

async fn take(opening: Opening, pair: Option<String>, source: Source) -> anyhow::Result<()> {
    let app = App::open(opening)?;
    let rows = app.registry().await?.pairs;
    let wanted = |row: &&PairRow| pair.as_ref().map_or(row.recommended, |name| *name == row.name);
    let name = match rows.iter().find(wanted) {
        Some(row) => {
            eprintln!("{} and {}: {} to download", row.embedder, row.reranker, size(row.download));
            row.name.clone()
        }
        // The registry names those that there are.
        None => pair.unwrap_or_default(),
    };
    let mut progress = Progress::new();
    let mut on = |pull: PullEvent| match pull.phase {
        PullPhase::Asking => progress.say(&format!("{}: asking the hub", pull.name)),
        PullPhase::Fetching => progress.bytes(&pull.name, pull.done, pull.total, pull.speed, pull.seconds_left),
        PullPhase::Checking => progress.say(&format!("{}: comparing checksums", pull.name)),
    };
    let taken = app.take_pair(&name, source.hub.as_deref(), source.proxy.as_deref(), &mut on).await;
    progress.end();
    let hello = taken?;
    println!("{} and {} are here and chosen", hello.settings.embedder, hello.settings.reranker);
    if hello.library.waiting_count > 0 {
        println!("{} that you added wait; read them: assay retry", hello.library.waiting_count);
    }
    if let Some(problem) = hello.library.problem {
        println!("{}; {}", problem.message, problem.action);
    }
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
