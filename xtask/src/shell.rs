//! Starts programs and names the paths of the checkout.

use std::error::Error;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The result of a task.
pub type Fallible<T = ()> = Result<T, Box<dyn Error>>;

/// The root of the checkout, from cargo's environment at run time: the value at compile time may be
/// another clone's, if clones share a target folder.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = PathBuf::from(here);
    here.parent().map(PathBuf::from).unwrap_or(here)
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The path of a program that `cargo build` writes.
pub fn built(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// The folder of fetched weights. It is outside the checkout, so that clones share it.
pub fn models() -> PathBuf {
    if let Some(folder) = std::env::var_os("ASSAY_MODELS") {
        return PathBuf::from(folder);
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
    cache.or_else(|| home.map(|home| home.join(".cache"))).unwrap_or_else(target).join("assay").join("models")
}

/// A command in the checkout, with the weights' folder in its environment.
///
/// Cargo's variables about this package are removed: some build scripts read them (ring's does), and a
/// task after a plain `cargo` would rebuild half of the dependencies.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).env("ASSAY_MODELS", models());
    for (name, _) in std::env::vars_os() {
        let said_by_cargo =
            name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        if said_by_cargo {
            command.env_remove(name);
        }
    }
    command
}

/// The `cargo` that started this task.
pub fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// `npm` in the folder `ui`.
pub fn npm() -> Command {
    let mut npm = command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(root().join("ui"));
    npm
}

/// A command of the system's own, run as root.
pub fn as_root(program: &str) -> Command {
    if output(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}

/// Prints and runs a command. Fails if it does not exit with 0.
pub fn must(command: &mut Command) -> Fallible {
    println!("$ {}", words(command));
    let status = command.status().map_err(|error| format!("cannot start {}: {error}", words(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", words(command)).into()) }
}

/// Whether a command starts and succeeds. Its output is discarded.
pub fn works(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The trimmed standard output of a command; `None` if it fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The features of our crates that tests switch on (`dev-dependencies` with `features`). The programs are built with
/// them too, so that tests find every crate compiled.
const TEST_FEATURES: &str = "assay-answer/tiny-model,assay-domain/fakes,assay-process/probe";

/// What is built. All use one profile, and the first two the same features, so that nothing is built twice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Built {
    /// The terminal program and the window.
    Programs,
    /// The programs and all tests.
    Everything,
    /// The programs as they are packaged: without what only tests need.
    Package,
}

/// Builds the workspace's programs, or everything.
pub fn build(what: Built) -> Fallible {
    let targets: &[&str] = match what {
        Built::Programs => &["--bin", "assay", "--bin", "assay-desktop", "--features", TEST_FEATURES],
        Built::Everything => &["--all-targets"],
        Built::Package => &["--bin", "assay", "--bin", "assay-desktop"],
    };
    must(cargo().args(["build", "--workspace"]).args(targets)).map_err(|error| {
        let free = free_space().map(|gib| format!(" {gib} GiB are free there;")).unwrap_or_default();
        format!(
            "{error}; the reason stands above. A full build needs 8 GiB in {},{free} a first one also the network. Start again once that is mended: what is compiled is kept",
            target().display()
        )
        .into()
    })
}

/// The free space for build output, in GiB, where `df` can tell.
fn free_space() -> Option<u64> {
    let folder = target().ancestors().find(|folder| folder.is_dir())?.to_path_buf();
    let listing = output(Command::new("df").args(["-Pk"]).arg(folder))?;
    let kib: u64 = listing.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(kib >> 20)
}

fn words(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program()).file_name().unwrap_or_default().to_owned();
    let arguments = command.get_args().map(|word| word.to_string_lossy().into_owned());
    std::iter::once(program.to_string_lossy().into_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}
