//! The report for a bug report. It is made without opening the library: another Assay may have it open, it may be damaged,
//! or there may be none. Nothing is created, changed or repaired.

mod machine;
mod models;
mod library;
mod settings;
mod shorten;
mod findings;

use std::path::PathBuf;

use assay_contract::{DoctorReply, Settings};
use assay_library::{Home, examine};

use findings::{findings, notices};
use models::Used;
use shorten::shortened;

/// Reports on this machine, the models, and the library in a data folder, the platform's own if none is named. `on` receives
/// the name of each model before its files are compared with their checksums, which takes seconds for a large one.
///
/// This process must not have the library open.
pub async fn doctor(data: Option<PathBuf>, on: &mut (dyn FnMut(&str) + Send)) -> DoctorReply {
    let folder = data.unwrap_or_else(Home::usual);
    let examined = examine(&folder).await;
    let file = folder.join("settings.toml");
    let read = crate::settings::read(&file);
    let invalid = read.as_ref().err().cloned();
    let mut written: Settings = read.unwrap_or_default();
    let invalid = invalid.or_else(|| crate::settings::checked(&written).err());
    let settings = settings::that_differ(&written);
    // Settings that name no bi-encoder, or cannot be understood, say nothing against that of the index, which the next
    // opening takes.
    if !crate::settings::names(&file, "embedder").unwrap_or(false) {
        let kept = examined.indexes.iter().filter_map(|index| index.holds.as_ref()).find(|held| held.rows > 0);
        written.embedder = kept.map_or(written.embedder, |held| held.embedder.clone());
    }

    let used = Used::of(&written, &examined);
    let (models, damage) = models::rows(&folder, &written, &used, on);
    let recognition = machine::recognition(&written);
    let mut reply = DoctorReply {
        ok: false,
        program: machine::program(),
        machine: machine::machine(&written),
        data: library::data(&examined),
        catalogue: library::catalogue(&examined),
        indexes: library::indexes(&examined),
        devices: machine::devices(&written, &models),
        models,
        recognition,
        settings,
        notices: Vec::new(),
        findings: Vec::new(),
    };
    reply.notices = notices(&reply);
    reply.findings = findings(&reply, &examined, &written, invalid.as_ref());
    reply.findings.extend(damage);
    reply.ok = reply.findings.is_empty();
    shortened(reply)
}
