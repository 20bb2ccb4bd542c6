//! The model registry: every model that the program knows, where its files lie, and whether they are what
//! they should be.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assay_domain::Cancel;
use assay_encoder::{Verdicts, verdict_key, weights_hash};

use crate::error::ModelsError;
use crate::import::{self, ImportMode};
use crate::known::{Catalogue, Known, Mirror, Pair, Role};
use crate::manifest::{Manifest, sha256};
use crate::network::Network;
use crate::pull::{self, Progress, PullOptions};
use crate::shards::shards;
use crate::verdicts::FiledVerdicts;
use crate::{install, scan};

/// Whether a model is installed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Ships with the program.
    BuiltIn(PathBuf),
    /// Was downloaded or imported.
    Installed(PathBuf),
    /// Is listed, but not on this machine.
    NotInstalled,
}

impl State {
    /// The folder of the model, if it is installed.
    pub fn place(&self) -> Option<&Path> {
        match self {
            Self::BuiltIn(place) | Self::Installed(place) => Some(place),
            Self::NotInstalled => None,
        }
    }
}

/// All models: those of the catalogue that ships with the program, and those that the user imported.
#[derive(Debug, Clone)]
pub struct ModelRegistry {
    known: Vec<Known>,
    pairs: Vec<Pair>,
    mirrors: Vec<Mirror>,
    network: Network,
    own: PathBuf,
    elsewhere: Vec<PathBuf>,
}

impl ModelRegistry {
    /// Opens the registry of a data folder; `own` is its `models`, the only folder that is written. Models
    /// are searched in `own`, in the folder that `ASSAY_MODELS` names, and next to the program.
    ///
    /// # Errors
    /// Fails if the catalogue that ships with the program cannot be read.
    pub fn open(own: PathBuf) -> Result<Self, ModelsError> {
        let named = std::env::var_os("ASSAY_MODELS").map(PathBuf::from);
        let mut registry = Self::at(own, named.into_iter().chain(shipped_folders()).collect())?;
        if let Ok(hub) = std::env::var("ASSAY_HUB") {
            registry.network.hub = registry.address(&hub);
        }
        Ok(registry)
    }

    /// The same registry with the hub and the proxy of the settings, if they name one; the hub is an address
    /// or a mirror's name. `ASSAY_HUB` takes precedence for the hub.
    pub fn through(mut self, hub: Option<&str>, proxy: Option<&str>) -> Self {
        if let Some(hub) = hub.filter(|_| std::env::var_os("ASSAY_HUB").is_none()) {
            self.network.hub = self.address(hub);
        }
        self.network.proxy = proxy.map(str::to_owned).or(self.network.proxy);
        self
    }

    pub(crate) fn at(own: PathBuf, elsewhere: Vec<PathBuf>) -> Result<Self, ModelsError> {
        install::recover(&own);
        let Catalogue { hub, mirrors, pairs, models: mut known } = Catalogue::built_in()?;
        for folder in std::iter::once(&own).chain(&elsewhere) {
            for brought in Manifest::all(folder) {
                if !known.iter().any(|model| model.name == brought.name) {
                    known.push(brought.into_known());
                }
            }
        }
        Ok(Self { known, pairs, mirrors, network: Network { hub, proxy: None }, own, elsewhere })
    }

    /// The address of a mirror by its name; any other text is an address itself.
    fn address(&self, hub: &str) -> String {
        let mirror = self.mirrors.iter().find(|mirror| mirror.name == hub);
        mirror.map_or(hub, |mirror| mirror.address.as_str()).to_owned()
    }

    /// The precision that earlier trials chose for each model on this processor.
    pub fn verdicts(&self) -> FiledVerdicts {
        FiledVerdicts::in_folder(&self.own)
    }

    /// The precision that an earlier trial chose for the encoder in a folder, and why; `None` if none was made.
    pub fn chosen_precision(&self, place: &Path) -> Option<(&'static str, String)> {
        let verdict = self.verdicts().recall(&verdict_key(&weights_hash(place).ok()?))?;
        Some((verdict.precision.name(), verdict.why))
    }

    /// Every model: the catalogue's in its order, then the user's own.
    pub fn models(&self) -> &[Known] {
        &self.known
    }

    /// The model of that name.
    ///
    /// # Errors
    /// [`ModelsError::UnknownModel`].
    pub fn model(&self, name: &str) -> Result<&Known, ModelsError> {
        self.known.iter().find(|model| model.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.known.iter().map(|model| model.name.as_str()).collect();
            ModelsError::UnknownModel { name: name.to_owned(), known: known.join(", ") }
        })
    }

    /// The address that models are fetched from.
    pub fn hub(&self) -> &str {
        &self.network.hub
    }

    /// Mirrors of the hub.
    pub fn mirrors(&self) -> &[Mirror] {
        &self.mirrors
    }

    /// Pairs that go well together; for the same languages, the one for less memory first.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The pair of that name.
    ///
    /// # Errors
    /// [`ModelsError::UnknownPair`].
    pub fn pair(&self, name: &str) -> Result<&Pair, ModelsError> {
        self.pairs.iter().find(|pair| pair.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.pairs.iter().map(|pair| pair.name.as_str()).collect();
            ModelsError::UnknownPair { name: name.to_owned(), known: known.join(", ") }
        })
    }

    /// The pair that is recommended for a machine with so many bytes of memory: the largest that fits, else the
    /// smallest.
    pub fn recommended(&self, memory: Option<u64>) -> Option<&Pair> {
        // A system reports less than is built in, because its kernel and its graphics keep some.
        let fits = |pair: &&Pair| memory.is_some_and(|memory| pair.memory / 100 * 85 <= memory);
        self.pairs.iter().filter(fits).max_by_key(|pair| pair.memory).or_else(|| self.pairs.first())
    }

    /// Whether a model is installed. Only the presence of its files is checked.
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
            return self.elsewhere.iter().find_map(place).map_or(State::NotInstalled, State::BuiltIn);
        }
        std::iter::once(&self.own).chain(&self.elsewhere).find_map(place).map_or(State::NotInstalled, State::Installed)
    }

    /// The folder of an installed model by its name, or any folder by its path.
    ///
    /// # Errors
    /// [`ModelsError::UnknownModel`] or [`ModelsError::NotInstalled`].
    pub fn place(&self, name: &str) -> Result<PathBuf, ModelsError> {
        let path = Path::new(name);
        if path.join("config.json").is_file() {
            return Ok(path.to_owned());
        }
        let model = self.model(name)?;
        let state = self.state(model);
        state.place().map(Path::to_owned).ok_or_else(|| ModelsError::NotInstalled { name: name.to_owned() })
    }

    /// Compares every file of a model with its SHA-256 and scans its headers.
    ///
    /// # Errors
    /// [`ModelsError::Damaged`], or whatever the scan reports.
    pub fn verify(&self, name: &str) -> Result<(), ModelsError> {
        let model = self.model(name)?;
        let place = self.place(name)?;
        let manifest = Manifest::read(&place);
        let mut wanted: BTreeMap<String, String> = manifest.map(|manifest| manifest.files).unwrap_or_default();
        let known = model.files.iter().filter_map(|file| Some((file.place().to_owned(), file.sha256.clone()?)));
        wanted.extend(known);
        for (file, wanted) in wanted {
            let path = place.join(&file);
            let found = sha256(&path).map_err(ModelsError::file(&path))?;
            if found != wanted {
                return Err(ModelsError::Damaged { name: name.to_owned(), file: path, wanted, found });
            }
        }
        scan::folder(&place)
    }

    /// Scans the headers of the weights in a model's folder, before an engine reads them.
    ///
    /// # Errors
    /// [`ModelsError::NotAModel`] with what is wrong.
    pub fn scan(&self, place: &Path) -> Result<(), ModelsError> {
        scan::folder(place)
    }

    /// Fetches a model's files from the hub, checks their hashes and installs them.
    ///
    /// # Errors
    /// Fails if the download fails or is stopped; what arrived is kept for the next run.
    pub fn pull(&self, name: &str, cancel: &Cancel, on: &mut dyn FnMut(Progress)) -> Result<PathBuf, ModelsError> {
        let (model, folder) = (self.model(name)?, self.folder().join(name));
        pull::pull(&self.network, model, &folder, PullOptions::default(), cancel, on)
    }

    /// Imports a model from a folder, a packed folder (`.zip`, `.whl`) or a `.gguf` file.
    ///
    /// # Errors
    /// Fails if the name is taken or unusable, or if the files are not a usable model.
    pub fn import(&self, name: &str, from: &Path, how: ImportMode) -> Result<PathBuf, ModelsError> {
        let known = self.known.iter().find(|model| model.name == name);
        if known.is_some_and(|model| model.shipped) {
            let reason = "a model of that name ships with the program; give yours another name".to_owned();
            return Err(ModelsError::BadName { name: name.to_owned(), reason });
        }
        import::import(known, name, from, &self.folder(), how)
    }

    /// Deletes a model's files; linked files stay where they are.
    ///
    /// # Errors
    /// [`ModelsError::NotInstalled`], or a fault of the file system.
    pub fn remove(&self, name: &str) -> Result<(), ModelsError> {
        let model = self.model(name)?;
        let State::Installed(place) = self.state(model) else {
            return Err(ModelsError::NotInstalled { name: name.to_owned() });
        };
        install::remove(&place)
    }

    /// The folder where new models are installed: `ASSAY_MODELS`, so that several data folders can share
    /// models, else the data folder's own.
    pub fn folder(&self) -> PathBuf {
        std::env::var_os("ASSAY_MODELS").map_or_else(|| self.own.clone(), PathBuf::from)
    }
}

/// Folders in which the shipped weights may lie: next to the program, in a package, or in the checkout that it
/// was built in.
fn shipped_folders() -> Vec<PathBuf> {
    let mut places = Vec::new();
    if let Some(folder) = std::env::current_exe().ok().and_then(|program| program.parent().map(Path::to_owned)) {
        places.push(folder.join("models"));
        places.push(folder.join("../lib/Assay/models"));
        places.push(folder.join("../Resources/models"));
    }
    places.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"));
    places
}
