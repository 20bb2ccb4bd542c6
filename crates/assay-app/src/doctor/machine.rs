//! The program, the processor, the devices and text recognition.

use std::collections::BTreeSet;
use std::thread::available_parallelism;

use assay_contract::{
    DeviceView, DoctorModel, HostedChoice, MachineView, ModelRole, ProgramView, RecognitionView, Settings,
};
use assay_library::{OcrSettings, installed_ocr};
use assay_models::open_encoders::{Precision, instruction_sets, usual_device, usual_threads};
use assay_models::{accelerator, machine as system};

/// Variables that change what Assay does.
const VARIABLES: [&str; 4] = ["ASSAY_DATA", "ASSAY_MODELS", "ASSAY_HUB", "ASSAY_ACCELERATOR"];

/// The program and the system.
pub fn program() -> ProgramView {
    let set = VARIABLES.into_iter().filter(|name| std::env::var_os(name).is_some());
    ProgramView {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        optimized: !cfg!(debug_assertions),
        os: std::env::consts::OS.to_owned(),
        system: system_name(),
        architecture: std::env::consts::ARCH.to_owned(),
        environment: set.map(str::to_owned).collect(),
    }
}

fn system_name() -> Option<String> {
    let text = std::fs::read_to_string("/etc/os-release").ok()?;
    let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(name.trim_matches('"').to_owned())
}

/// The processor and the memory.
pub fn machine(written: &Settings) -> MachineView {
    MachineView {
        processor: processor_name(),
        features: instruction_sets().into_iter().map(str::to_owned).collect(),
        logical_cores: available_parallelism().map_or(0, |count| count.get() as u32),
        threads: threads(written) as u32,
        memory: system::memory(),
    }
}

fn processor_name() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn threads(written: &Settings) -> usize {
    if written.threads > 0 { written.threads as usize } else { usual_threads() }
}

/// The devices of the encoders, each with the reason why a faster one is not used.
pub fn devices(written: &Settings, models: &[DoctorModel]) -> Vec<DeviceView> {
    let named = |role| models.iter().filter(move |model| model.used && model.role == Some(role));
    let mut devices = Vec::new();
    for (what, role) in [("bi-encoder", ModelRole::Embedder), ("cross-encoder", ModelRole::Reranker)] {
        let precisions: BTreeSet<&str> = named(role).filter_map(|model| model.precision.as_deref()).collect();
        let precisions = if precisions.is_empty() { BTreeSet::from(["f32"]) } else { precisions };
        for precision in precisions {
            let device = usual_device(threads(written), Precision::parse(precision).unwrap_or_default());
            devices.push(DeviceView { what: what.to_owned(), device });
        }
    }
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(accelerator);
    let device = match beside {
        Some(_) => "its program is installed; it is used if its scores agree with the processor's",
        None => "not used: there is no accelerator beside this program",
    };
    devices.push(DeviceView { what: "accelerator".into(), device: device.into() });
    if written.hosted != HostedChoice::Off {
        devices.push(DeviceView { what: "hosted reranker".into(), device: "a server that the settings name".into() });
    }
    devices
}

/// Text recognition.
pub fn recognition(written: &Settings) -> RecognitionView {
    let installed = installed_ocr(&OcrSettings::default().program);
    let languages = installed.as_ref().map(|found| found.languages.clone()).unwrap_or_default();
    let wanted = written.ocr_languages.split('+').map(str::trim).filter(|name| !name.is_empty());
    RecognitionView {
        wanted: written.ocr,
        missing: wanted.filter(|name| !languages.contains(*name)).map(str::to_owned).collect(),
        version: installed.map(|found| found.version),
        languages: languages.into_iter().collect(),
    }
}
