//! Builds an installable package. That of Debian also holds the terminal program, manual pages, completions and metainfo.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::setup::{self, For};
use crate::shell::{Built, Fallible, build, built, command, must, root, target};

/// Tauri's bundler on npm.
const BUNDLER: &str = "@tauri-apps/cli@^2.10";

/// Shells, and where their completions of a program named `assay` are looked for.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "/usr/share/bash-completion/completions/assay"),
    ("zsh", "/usr/share/zsh/vendor-completions/_assay"),
    ("fish", "/usr/share/fish/vendor_completions.d/assay.fish"),
];

/// Packages the programs with the shipped weights and the sample library. The profile optimises arithmetic fully, so a
/// release build would only compile everything again.
pub fn bundle() -> Fallible {
    setup::setup(For::Running)?;
    build(Built::Programs)?;
    let kind = match std::env::consts::OS {
        "linux" => "deb",
        "macos" => "dmg",
        _ => "nsis",
    };
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut bundler = command(npm);
    bundler.args(["exec", "--yes", "--package", BUNDLER, "--", "tauri", "bundle", "--debug", "--bundles", kind]);
    if kind == "deb" {
        bundler.arg("--config").arg(debian()?);
    }
    must(&mut bundler)?;
    println!("The package is in {}", target().join("debug").join("bundle").join(kind).display());
    Ok(())
}

/// Writes what only the package of Debian holds, and returns the bundler's configuration that names it.
fn debian() -> Fallible<PathBuf> {
    let folder = target().join("package");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let pages = folder.join("man");
    must(command(built("assay")).arg("manual").arg(&pages))?;
    let mut files = vec![
        (
            "/usr/share/metainfo/app.assay.desktop.metainfo.xml".into(),
            root().join("src-tauri/linux/app.assay.desktop.metainfo.xml"),
        ),
        ("/usr/bin/assay".to_owned(), stripped("assay", &folder)?),
        ("/usr/share/doc/assay/copyright".to_owned(), root().join("src-tauri/linux/copyright")),
    ];
    for page in fs::read_dir(&pages)? {
        let page = page?.path();
        must(command("gzip").args(["-9n"]).arg(&page))?;
        let name = format!("{}.gz", page.file_name().unwrap_or_default().to_string_lossy());
        files.push((format!("/usr/share/man/man1/{name}"), pages.join(name)));
    }
    for (shell, place) in COMPLETIONS {
        let path = folder.join(format!("completions.{shell}"));
        let written = command(built("assay"))
            .args(["completions", shell])
            .stdout(Stdio::from(fs::File::create(&path)?))
            .status()?;
        if !written.success() {
            return Err(format!("the completions of {shell} could not be written: assay ended with {written}").into());
        }
        files.push((place.to_owned(), path));
    }
    let mut list = String::new();
    for (place, path) in &files {
        let comma = if list.is_empty() { "" } else { ", " };
        write!(list, "{comma}{place:?}: {:?}", path.display().to_string())?;
    }
    let configuration = folder.join("bundle.json");
    fs::write(&configuration, format!("{{\"bundle\": {{\"linux\": {{\"deb\": {{\"files\": {{{list}}}}}}}}}}}\n"))?;
    Ok(configuration)
}

/// A copy of a program without its symbols.
fn stripped(name: &str, folder: &Path) -> Fallible<PathBuf> {
    let copy = folder.join(name);
    must(command("strip").arg("-o").arg(&copy).arg(built(name)))?;
    Ok(copy)
}
