//! The model registry: every model that the program knows, where its files lie, and whether they
//! are what they should be.

mod known;
mod manifest;
mod scan;
mod place;
pub mod machine;
mod import;
mod pull;
mod verdicts;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assay_domain::Cancel;
pub use import::Bring;
pub use known::{Known, KnownFile, Role};
use manifest::Manifest;
pub use manifest::sha256;
pub use pull::{Phase, Progress, PullOptions};
pub use verdicts::FiledVerdicts;

use crate::EnginesError;

/// How the hub is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Address of the hub or of a mirror.
    pub hub: String,
    /// `http://host:port`; `None` for what `https_proxy` and its kin say.
    pub proxy: Option<String>,
}

/// Where a model stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Ships with the program.
    BuiltIn(PathBuf),
    /// Was pulled or imported.
    Here(PathBuf),
    /// Is known but has to be fetched.
    NotHere,
}

impl State {
    /// The folder, or for a writer the file, if the model is here at all.
    pub fn place(&self) -> Option<&Path> {
        match self {
            Self::BuiltIn(place) | Self::Here(place) => Some(place),
            Self::NotHere => None,
        }
    }
}

/// All models: those of the catalogue that ships with the program, and those the user brought.
#[derive(Debug, Clone)]
pub struct ModelRegistry {
    known: Vec<Known>,
    network: Network,
    own: PathBuf,
    elsewhere: Vec<PathBuf>,
}

impl ModelRegistry {
    /// `own` is the data folder's `models`: the only place that is written. Models are looked for
    /// in the folder that `ASSAY_MODELS` names, then there, then beside the program.
    pub fn open(own: PathBuf) -> Result<Self, EnginesError> {
        let named = std::env::var_os("ASSAY_MODELS").map(PathBuf::from);
        let mut registry = Self::at(own, named.into_iter().chain(beside_the_program()).collect())?;
        if let Ok(hub) = std::env::var("ASSAY_HUB") {
            registry.network.hub = hub;
        }
        Ok(registry)
    }

    /// The same registry with the hub and the proxy of the settings, where those name one;
    /// `ASSAY_HUB` has the last word on the hub.
    pub fn through(mut self, hub: Option<&str>, proxy: Option<&str>) -> Self {
        if let Some(hub) = hub.filter(|_| std::env::var_os("ASSAY_HUB").is_none()) {
            self.network.hub = hub.to_owned();
        }
        self.network.proxy = proxy.map(str::to_owned).or(self.network.proxy);
        self
    }

    fn at(own: PathBuf, elsewhere: Vec<PathBuf>) -> Result<Self, EnginesError> {
        place::recover(&own);
        let (hub, mut known) = known::catalogue()?;
        for folder in std::iter::once(&own).chain(&elsewhere) {
            for brought in Manifest::all(folder) {
                if !known.iter().any(|model| model.name == brought.name) {
                    known.push(brought.into_known());
                }
            }
        }
        Ok(Self { known, network: Network { hub, proxy: None }, own, elsewhere })
    }

    /// Which precision each model may be trusted with here, as found before.
    pub fn verdicts(&self) -> FiledVerdicts {
        FiledVerdicts::beside(&self.own)
    }

    /// Every model, in the catalogue's order, the user's own after them.
    pub fn models(&self) -> &[Known] {
        &self.known
    }

    /// The model of a name.
    pub fn model(&self, name: &str) -> Result<&Known, EnginesError> {
        self.known.iter().find(|model| model.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.known.iter().map(|model| model.name.as_str()).collect();
            EnginesError::UnknownModel { name: name.to_owned(), known: known.join(", ") }
        })
    }

    /// Where its files lie, if they do; their content is not looked at.
    pub fn state(&self, model: &Known) -> State {
        let place = |folder: &PathBuf| {
            let place = folder.join(&model.name);
            let there = if model.role == Role::Writer { place.join("model.gguf") } else { place.join("config.json") };
            let parts = || {
                let shards = shards(&place);
                !shards.is_empty() && shards.iter().all(|shard| place.join(shard).is_file())
            };
            let weights = model.role == Role::Writer || place.join("model.safetensors").is_file() || parts();
            (there.is_file() && weights).then_some(place)
        };
        if model.shipped {
            return self.elsewhere.iter().find_map(place).map_or(State::NotHere, State::BuiltIn);
        }
        std::iter::once(&self.own).chain(&self.elsewhere).find_map(place).map_or(State::NotHere, State::Here)
    }

    /// The folder of a model by its name, or any folder by its path: the terminal takes both.
    pub fn place(&self, name: &str) -> Result<PathBuf, EnginesError> {
        let path = Path::new(name);
        if path.join("config.json").is_file() {
            return Ok(path.to_owned());
        }
        let model = self.model(name)?;
        let state = self.state(model);
        state.place().map(Path::to_owned).ok_or_else(|| EnginesError::NotHere { name: name.to_owned() })
    }

    /// Reads every file of a model, compares it with what is known of it, and scans its header.
    pub fn verify(&self, name: &str) -> Result<(), EnginesError> {
        let model = self.model(name)?;
        let place = self.place(name)?;
        let manifest = Manifest::read(&place);
        let mut wanted: BTreeMap<String, String> = manifest.map(|manifest| manifest.files).unwrap_or_default();
        let known = model.files.iter().filter_map(|file| Some((file.place().to_owned(), file.sha256.clone()?)));
        wanted.extend(known);
        for (file, wanted) in wanted {
            let path = place.join(&file);
            let found = sha256(&path).map_err(EnginesError::file(&path))?;
            if found != wanted {
                return Err(EnginesError::Damaged { name: name.to_owned(), file: path, wanted, found });
            }
        }
        scan::folder(&place)
    }

    /// A look at the headers of a model's weights, before an engine reads them.
    pub fn scan(&self, place: &Path) -> Result<(), EnginesError> {
        scan::folder(place)
    }

    /// Fetches a model's files from the hub, checks them and puts them in place.
    pub fn pull(&self, name: &str, cancel: &Cancel, on: &mut dyn FnMut(Progress)) -> Result<PathBuf, EnginesError> {
        let (model, folder) = (self.model(name)?, self.folder_for_new().join(name));
        pull::pull(&self.network, model, &folder, PullOptions::default(), cancel, on)
    }

    /// Takes a model from a folder, a packed folder (`.zip`, `.whl`) or a `.gguf` file.
    pub fn import(&self, name: &str, from: &Path, how: Bring) -> Result<PathBuf, EnginesError> {
        let known = self.known.iter().find(|model| model.name == name);
        if known.is_some_and(|model| model.shipped) {
            let reason = "a model of that name ships with the program; give yours another name".to_owned();
            return Err(EnginesError::BadName { name: name.to_owned(), reason });
        }
        import::import(known, name, from, &self.folder_for_new(), how)
    }

    /// Takes a model's files off the disk; what was only linked stays where it came from.
    pub fn remove(&self, name: &str) -> Result<(), EnginesError> {
        let model = self.model(name)?;
        let State::Here(place) = self.state(model) else {
            return Err(EnginesError::NotHere { name: name.to_owned() });
        };
        place::remove(&place)
    }

    /// Where new models go.
    pub fn folder(&self) -> PathBuf {
        self.folder_for_new()
    }

    /// New models go where `ASSAY_MODELS` says, so that several data folders can share them.
    fn folder_for_new(&self) -> PathBuf {
        std::env::var_os("ASSAY_MODELS").map_or_else(|| self.own.clone(), PathBuf::from)
    }
}

/// The parts that the index of sharded weights names; none if there is no index.
fn shards(folder: &Path) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Index {
        weight_map: BTreeMap<String, String>,
    }
    let text = std::fs::read_to_string(folder.join("model.safetensors.index.json")).unwrap_or_default();
    let index: Option<Index> = serde_json::from_str(&text).ok();
    let mut shards: Vec<String> = index.into_iter().flat_map(|index| index.weight_map.into_values()).collect();
    shards.sort();
    shards.dedup();
    // A shard lies in the folder itself; an index that says otherwise is not believed.
    shards.retain(|shard| !shard.contains(['/', '\\']) && shard.ends_with(".safetensors"));
    shards
}

/// Where the shipped weights lie: in a package, beside the program, or in the checkout it was
/// built in.
fn beside_the_program() -> Vec<PathBuf> {
    let mut places = Vec::new();
    if let Some(folder) = std::env::current_exe().ok().and_then(|program| program.parent().map(Path::to_owned)) {
        places.push(folder.join("models"));
        places.push(folder.join("../lib/Assay/models"));
        places.push(folder.join("../Resources/models"));
    }
    places.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"));
    places
}
