//! `doctor`: one page to paste into a bug report.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::PathBuf;
use std::process::ExitCode;

use assay_contract::{CatalogueView, DataState, DataView, DoctorModel, DoctorReply, IndexView, ModelState, RemoteRole};

use crate::print::{Progress, json_to};

/// `assay doctor`
pub async fn doctor(data: Option<PathBuf>, json: bool) -> anyhow::Result<ExitCode> {
    let mut progress = Progress::new();
    let reply = assay_app::doctor(data, &mut |model| progress.step_named(&format!("checking {model}"))).await;
    progress.end();
    if json {
        json_to(&reply)?;
    } else {
        print(&reply);
    }
    Ok(if reply.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(reply: &DoctorReply) {
    let (program, machine) = (&reply.program, &reply.machine);
    let build = if program.optimized { "" } else { ", built without optimizations" };
    line("assay", &format!("{}{build}", program.version));
    let system = program.system.as_deref().unwrap_or(&program.os);
    line("system", &format!("{system} ({} {})", program.os, program.architecture));
    if !program.environment.is_empty() {
        line("environment", &format!("{} set", program.environment.join(", ")));
    }
    let processor = machine.processor.as_deref().unwrap_or("unknown");
    let features = if machine.features.is_empty() { "no vectors".into() } else { machine.features.join(", ") };
    line("processor", &format!("{processor}: {features}; {} threads of {}", machine.threads, machine.logical_cores));
    line("memory", &machine.memory.map_or_else(|| "unknown".into(), bytes));
    for device in &reply.devices {
        line(&device.what, &device.device);
    }
    println!();
    data(&reply.data);
    catalogue(&reply.catalogue);
    for index in &reply.indexes {
        line("index", &index_words(index));
    }
    for notice in &reply.notices {
        line("notice", &notice.what);
    }
    println!();
    for model in &reply.models {
        line("model", &model_words(model));
    }
    let recognition = &reply.recognition;
    let version = recognition.version.as_deref().unwrap_or("not installed");
    let missing = match recognition.missing.as_slice() {
        [] => String::new(),
        some => format!("; missing: {}", some.join(", ")),
    };
    let off = if recognition.wanted { "" } else { " (switched off)" };
    line("recognition", &format!("{version}{off}; {}{missing}", recognition.languages.join(", ")));
    println!();
    if reply.settings.is_empty() {
        line("settings", "all as usual");
    }
    for (key, value) in &reply.settings {
        line("setting", &format!("{key} = {value}"));
    }
    println!();
    if reply.ok {
        println!("nothing is wrong");
    }
    for finding in &reply.findings {
        println!("! {}: {}\n  {}", finding.kind, finding.what, finding.action);
    }
}

fn line(name: &str, text: &str) {
    println!("{name:<16} {text}");
}

fn data(data: &DataView) {
    let state = match data.state {
        DataState::Absent => "no library yet",
        DataState::Foreign => "holds other files",
        DataState::Free => "not open",
        DataState::InUse => "open in another Assay",
        DataState::Unreadable => "cannot be read",
    };
    line("data folder", &format!("{} ({state})", data.folder));
    let parts: Vec<String> = data.disk.iter().map(|part| format!("{} {}", part.what, bytes(part.bytes))).collect();
    let free = data.disk_free.map_or_else(|| "unknown".into(), bytes);
    line("disk", &format!("{free} free{}{}", if parts.is_empty() { "" } else { "; " }, parts.join(", ")));
    let shared = match data.shared {
        RemoteRole::Off => "with no other machine",
        RemoteRole::Publisher => "published from here: the text of all documents also lies at an object store",
        RemoteRole::Reader => {
            "a mirror: the text of all documents lies at an object store, and another machine publishes it"
        }
        RemoteRole::Superseded => {
            "published from here until another machine took over: text of documents lies at an object store"
        }
    };
    line("shared", shared);
    if data.state == DataState::Free || data.state == DataState::InUse {
        line("copies", &format!("{} snapshots, {} moved away by repairs", data.snapshots, data.moved_away));
    }
}

fn catalogue(catalogue: &CatalogueView) {
    let layout = catalogue.layout.map_or_else(|| "-".into(), |layout| layout.to_string());
    line("catalogue", &format!("{}, layout {layout} of {}", catalogue.state, catalogue.newest_layout));
    let Some(counts) = &catalogue.counts else { return };
    line("documents", &counted(&counts.documents));
    if !counts.problems.is_empty() {
        line("problems", &counted(&counts.problems));
    }
    let faults =
        if counts.page_faults.is_empty() { String::new() } else { format!("; {}", counted(&counts.page_faults)) };
    line("pages", &format!("{}{faults}", counts.pages));
    line(
        "rows",
        &format!(
            "{} passages, {} watched folders, {} kept questions, {} judgements",
            counts.chunks, counts.folders, counts.questions, counts.judgements
        ),
    );
    let queue = counts.queue;
    line(
        "queue",
        &format!(
            "{} to read, {} to walk, {} rebuilds, {} stopped",
            queue.read, queue.walk, queue.rebuild, queue.stopped
        ),
    );
}

fn counted<K: Display>(counts: &BTreeMap<K, u32>) -> String {
    let parts: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    if parts.is_empty() { "none".into() } else { parts.join(", ") }
}

fn index_words(index: &IndexView) -> String {
    let answers = if index.answers { ", answers" } else { "" };
    let Some(rows) = index.rows else { return format!("{}{answers}: cannot be read", index.folder) };
    let embedder = index.embedder.as_deref().unwrap_or("unknown");
    let layout = index.layout.as_deref().unwrap_or("-");
    format!("{}{answers}: {rows} passages by {embedder}, layout {layout}", index.folder)
}

fn model_words(model: &DoctorModel) -> String {
    let role = model.role.map_or_else(|| "folder".to_owned(), |role| role.to_string());
    let state = match model.state {
        ModelState::BuiltIn => "built in",
        ModelState::Here => "here",
        ModelState::NotHere => "not here",
    };
    let verified = match model.verified {
        Some(true) => ", verified",
        Some(false) => ", DAMAGED",
        None => "",
    };
    let used = if model.used { ", used" } else { "" };
    let precision = match (&model.precision, &model.precision_why) {
        (Some(precision), Some(why)) => format!("; {precision}: {why}"),
        (Some(precision), None) => format!("; {precision}"),
        _ if model.used && model.state != ModelState::NotHere => "; no precision was tried yet".to_owned(),
        _ => String::new(),
    };
    format!("{} ({role}, {state}{used}{verified}, {}){precision}", model.name, bytes(model.bytes))
}

fn bytes(count: u64) -> String {
    if count >= 1 << 30 {
        format!("{:.1} GiB", count as f64 / f64::from(1 << 30))
    } else {
        format!("{} MiB", count >> 20)
    }
}
