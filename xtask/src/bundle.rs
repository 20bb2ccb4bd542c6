//! Builds an installable package. That of Debian also holds the terminal program, manual pages, completions and metainfo.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::setup::{self, For};
use crate::shell::{Built, Fallible, as_root, build, built, command, must, output, root, target};

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
    package(&["-Zxz"])
}

/// Packages as [`bundle`] does; a package of Debian is compressed as these arguments of `dpkg-deb` say.
fn package(compression: &[&str]) -> Fallible {
    setup::setup(For::Running)?;
    build(Built::Package)?;
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
    let folder = target().join("debug").join("bundle").join(kind);
    if kind == "deb" {
        pack_again(&newest(&folder, kind)?, compression)?;
    }
    println!("The package is in {}", folder.display());
    Ok(())
}

/// Packs a package of Debian again without the symbols of the window's program, which the bundler leaves in it, and
/// compressed in another way.
fn pack_again(package: &Path, compression: &[&str]) -> Fallible {
    let folder = target().join("package").join("unpacked");
    must(Command::new("dpkg-deb").arg("--raw-extract").arg(package).arg(&folder))?;
    must(command("strip").arg(folder.join("usr/bin/assay-desktop")))?;
    let sums = "find usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums";
    must(Command::new("sh").args(["-c", sums]).current_dir(&folder))?;
    let size = output(Command::new("du").args(["-sk", "usr"]).current_dir(&folder)).unwrap_or_default();
    let size = size.split_whitespace().next().ok_or("the size of the unpacked package is not known")?.to_owned();
    let file = folder.join("DEBIAN/control");
    let control: Vec<String> = fs::read_to_string(&file)?
        .lines()
        .map(
            |line| {
                if line.starts_with("Installed-Size:") { format!("Installed-Size: {size}") } else { line.to_owned() }
            },
        )
        .collect();
    fs::write(&file, control.join("\n") + "\n")?;
    must(Command::new("dpkg-deb").arg("--root-owner-group").args(compression).arg("--build").arg(&folder).arg(package))
}

/// A question about the sample library, and what its answer must hold.
const ASKED: (&str, &str) = ("How large is the thumbnail cache limit in Fathomlight 2.4?", "2 GB");

/// Builds the package of Debian, installs it, asks the sample library with the installed program, in a home of its own
/// and without the checkout's weights, and removes it again. The library stays.
pub fn installed() -> Fallible {
    if setup::installed("assay") {
        return Err(
            "the package assay is installed here, and this check would replace and remove it; remove it first".into()
        );
    }
    // To compress well takes minutes, and says nothing about what is in the package.
    package(&["-Zgzip", "-z1"])?;
    let package = newest(&target().join("debug/bundle/deb"), "deb")?;
    let home = target().join("installed");
    if home.exists() {
        fs::remove_dir_all(&home)?;
    }
    fs::create_dir_all(&home)?;
    must(as_root("dpkg").arg("-i").arg(&package))?;
    let asked = ask_installed(&home);
    must(as_root("dpkg").args(["-r", "assay"]))?;
    asked?;
    if Path::new("/usr/bin/assay").exists() || !home.join("library/assay-library.txt").exists() {
        return Err("removing the package left its program, or took the library along".into());
    }
    println!("The installed program answered, and its removal left the library.");
    Ok(())
}

fn ask_installed(home: &Path) -> Fallible {
    let assay = |words: &[&str]| {
        let mut assay = Command::new("/usr/bin/assay");
        assay.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home).current_dir(home);
        assay.arg("--data").arg(home.join("library")).args(words);
        assay
    };
    must(&mut assay(&["ingest", "/usr/lib/Assay/samples/library"]))?;
    let (question, expected) = ASKED;
    let answer = output(&mut assay(&["ask", question])).ok_or("the installed program does not answer")?;
    println!("{answer}");
    if answer.contains(expected) { Ok(()) } else { Err(format!("the answer does not hold {expected}").into()) }
}

/// The newest file of a folder with this ending.
fn newest(folder: &Path, ending: &str) -> Fallible<PathBuf> {
    let files = fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == ending));
    let newest = files.max_by_key(|path| path.metadata().and_then(|meta| meta.modified()).ok());
    newest.ok_or_else(|| format!("no package was written to {}", folder.display()).into())
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
