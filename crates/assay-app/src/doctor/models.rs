//! The models, and whether their files are what they should be.

use std::collections::BTreeSet;
use std::path::Path;

use assay_contract::{
    AUTO_RERANKER, DoctorModel, Finding, FindingKind, HostedChoice, ModelRole, ModelState, PrecisionChoice, Settings,
};
use assay_domain::Failure;
use assay_library::Examination;
use assay_models::{Known, ModelRegistry, State, open_encoders};

use crate::model_rows::model_row;

/// The models that the library needs, by name.
pub struct Used {
    /// Those that the settings name.
    settings: Vec<(String, &'static str)>,
    /// Those that filled its indexes.
    indexes: BTreeSet<String>,
    /// Whether the cross-encoders are chosen by measurement.
    auto: bool,
}

impl Used {
    /// The models of these settings and of the indexes.
    pub fn of(written: &Settings, examined: &Examination) -> Self {
        let auto = written.reranker == AUTO_RERANKER && written.hosted == HostedChoice::Off;
        let reranker = if auto || written.hosted != HostedChoice::Off { "" } else { written.reranker.as_str() };
        let named = [
            (written.embedder.as_str(), "bi-encoder"),
            (reranker, "cross-encoder"),
            (written.second_reranker.as_str(), "second cross-encoder"),
            (written.writer.as_str(), "language model"),
        ];
        let named = named.into_iter().filter(|(name, _)| !name.is_empty());
        let filled = examined.indexes.iter().filter_map(|index| index.holds.as_ref());
        Self {
            settings: named.map(|(name, what)| (name.to_owned(), what)).collect(),
            indexes: filled.filter(|held| held.rows > 0).map(|held| held.embedder.clone()).collect(),
            auto,
        }
    }

    fn names(&self, registry: &ModelRegistry) -> BTreeSet<String> {
        let best = if self.auto { open_encoders::best_rerankers(registry, None) } else { Ok(Vec::new()) };
        let named = self.settings.iter().map(|(name, _)| name.clone());
        named.chain(self.indexes.iter().cloned()).chain(best.unwrap_or_default()).collect()
    }
}

/// The models that are on this machine or needed, and what is wrong with those that are needed.
pub fn rows(
    data: &Path,
    written: &Settings,
    used: &Used,
    on: &mut (dyn FnMut(&str) + Send),
) -> (Vec<DoctorModel>, Vec<Finding>) {
    let registry = match ModelRegistry::open(data.join("models")) {
        Ok(registry) => registry,
        Err(error) => return (Vec::new(), vec![finding(FindingKind::ModelDamaged, &error.into())]),
    };
    let needed = used.names(&registry);
    let mut findings = missing(&registry, used);
    let mut rows = Vec::new();
    let known: BTreeSet<&str> = registry.models().iter().map(|model| model.name.as_str()).collect();
    for model in registry.models() {
        let is_used = needed.contains(&model.name);
        if registry.state(model) != State::NotInstalled || is_used {
            rows.push(row(&registry, model, written, is_used, &mut findings, on));
        }
    }
    for folder in needed.iter().filter(|name| !known.contains(name.as_str())) {
        let state = if registry.place(folder).is_ok() { ModelState::Here } else { ModelState::NotHere };
        let (name, precision) = (folder.clone(), fixed(written));
        let unknown = DoctorModel {
            name,
            role: None,
            state,
            bytes: crate::cost::size(Path::new(folder)),
            used: true,
            verified: None,
            precision,
            precision_why: None,
        };
        rows.push(unknown);
    }
    (rows, findings)
}

fn row(
    registry: &ModelRegistry,
    model: &Known,
    written: &Settings,
    used: bool,
    findings: &mut Vec<Finding>,
    on: &mut (dyn FnMut(&str) + Send),
) -> DoctorModel {
    let shown = model_row(registry, model);
    let state = registry.state(model);
    let checked = (used || model.shipped) && state != State::NotInstalled;
    let verified = checked.then(|| {
        on(&model.name);
        registry.verify(&model.name)
    });
    if let Some(Err(error)) = &verified {
        let what = format!("the model {} is not what it should be: {error}", model.name);
        let action = match model.shipped {
            true => "install Assay again: the model ships with it".to_owned(),
            false => format!("fetch it again: assay models pull {}", model.name),
        };
        findings.push(Finding { kind: FindingKind::ModelDamaged, what, action });
    }
    let tried = || state.place().filter(|_| used && shown.role != ModelRole::Writer);
    let chosen = match fixed(written) {
        Some(name) => Some((name, "the settings name it".to_owned())).filter(|_| shown.role != ModelRole::Writer),
        None => tried().and_then(|place| registry.chosen_precision(place)).map(|(name, why)| (name.to_owned(), why)),
    };
    let (precision, precision_why) = chosen.unzip();
    DoctorModel {
        name: shown.name,
        role: Some(shown.role),
        state: shown.state,
        bytes: shown.bytes,
        used,
        verified: verified.map(|result| result.is_ok()),
        precision,
        precision_why,
    }
}

/// The precision of the settings, unless it is chosen by trial.
fn fixed(written: &Settings) -> Option<String> {
    let name = match written.precision {
        PrecisionChoice::Auto => return None,
        PrecisionChoice::F32 => "f32",
        PrecisionChoice::Bf16 => "bf16",
        PrecisionChoice::Int8 => "int8",
    };
    Some(name.to_owned())
}

fn missing(registry: &ModelRegistry, used: &Used) -> Vec<Finding> {
    let of_settings = used.settings.iter().map(|(name, what)| (name, format!("the {what} of the settings, {name},")));
    let named = |name: &String| used.settings.iter().any(|(other, _)| other == name);
    let of_index = used.indexes.iter().filter(|name| !named(name));
    let of_index = of_index.map(|name| (name, format!("the bi-encoder that filled the index, {name},")));
    let absent = of_settings.chain(of_index).filter(|(name, _)| registry.place(name).is_err());
    let finding = |(name, what): (&String, String)| Finding {
        kind: FindingKind::ModelMissing,
        what: format!("{what} is not on this machine"),
        action: format!("fetch it: assay models pull {name}, or choose another in the settings"),
    };
    absent.map(finding).collect()
}

fn finding(kind: FindingKind, failure: &Failure) -> Finding {
    Finding { kind, what: failure.message.clone(), action: failure.action.clone() }
}
