//! The model shelf: every model that the program knows, where its files lie, and whether they
//! are what they should be.

mod known;
mod manifest;
mod import;
mod pull;
mod verdicts;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use known::{Known, KnownFile, Role};
use manifest::Manifest;
pub use manifest::sha256;
pub use verdicts::FiledVerdicts;

use crate::EnginesError;

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
pub struct Shelf {
    known: Vec<Known>,
    hub: String,
    own: PathBuf,
    elsewhere: Vec<PathBuf>,
}

impl Shelf {
    /// `own` is the data folder's `models`: the only place that is written. Models are looked for
    /// in the folder that `ASSAY_MODELS` names, then there, then beside the program.
    pub fn open(own: PathBuf) -> Result<Self, EnginesError> {
        let named = std::env::var_os("ASSAY_MODELS").map(PathBuf::from);
        let mut shelf = Self::at(own, named.into_iter().chain(beside_the_program()).collect())?;
        if let Ok(hub) = std::env::var("ASSAY_HUB") {
            shelf.hub = hub;
        }
        Ok(shelf)
    }

    fn at(own: PathBuf, elsewhere: Vec<PathBuf>) -> Result<Self, EnginesError> {
        let (hub, mut known) = known::catalogue()?;
        for folder in std::iter::once(&own).chain(&elsewhere) {
            for brought in Manifest::all(folder) {
                if !known.iter().any(|model| model.name == brought.name) {
                    known.push(brought.into_known());
                }
            }
        }
        Ok(Self { known, hub, own, elsewhere })
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
            let weights = model.role == Role::Writer || place.join("model.safetensors").is_file();
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

    /// Reads every file of a model and compares it with what is known of it.
    pub fn verify(&self, name: &str) -> Result<(), EnginesError> {
        let model = self.model(name)?;
        let place = self.place(name)?;
        let manifest = Manifest::read(&place);
        for file in &model.files {
            let remembered = manifest.as_ref().and_then(|manifest| manifest.files.get(&file.path).cloned());
            let path = place.join(&file.path);
            let found = sha256(&path).map_err(EnginesError::file(&path))?;
            let Some(wanted) = file.sha256.clone().or(remembered) else { continue };
            if found != wanted {
                return Err(EnginesError::Damaged { name: name.to_owned(), file: path, wanted, found });
            }
        }
        Ok(())
    }

    /// Fetches a model's files from the hub; `on` hears the file, bytes so far and bytes in all.
    pub fn pull(&self, name: &str, on: &mut dyn FnMut(&str, u64, Option<u64>)) -> Result<PathBuf, EnginesError> {
        let model = self.model(name)?;
        pull::pull(&self.hub, model, &self.folder_for_new().join(name), on)
    }

    /// Takes a model from a folder, a packed folder (`.zip`, `.whl`) or a `.gguf` file.
    pub fn import(&self, name: &str, from: &Path) -> Result<PathBuf, EnginesError> {
        import::import(self.known.iter().find(|model| model.name == name), name, from, &self.folder_for_new())
    }

    /// New models go where `ASSAY_MODELS` says, so that several data folders can share them.
    fn folder_for_new(&self) -> PathBuf {
        std::env::var_os("ASSAY_MODELS").map_or_else(|| self.own.clone(), PathBuf::from)
    }
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
