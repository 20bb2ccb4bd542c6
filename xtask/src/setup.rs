//! Installs what a new machine lacks: system packages, npm packages; for tests, the weights of an embedder that does not ship.

use std::fs;
use std::process::Command;

use crate::shell::{Fallible, as_root, must, npm, output, root, works};
use crate::weights;

/// Packages of Debian and Ubuntu that building and running need; Tesseract reads scans.
const TO_BUILD: [&str; 14] = [
    "build-essential",
    "clang",
    "cmake",
    "libclang-dev",
    "libprotobuf-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
    "protobuf-compiler",
    "tesseract-ocr",
    "tesseract-ocr-chi-sim",
    "tesseract-ocr-chi-tra",
    "tesseract-ocr-eng",
];

/// Further packages that tests of the real window need.
const TO_TEST: [&str; 13] = [
    "chromium",
    "dbus",
    "dbus-x11",
    "fonts-dejavu-core",
    "fonts-noto-cjk",
    "gir1.2-gtk-3.0",
    "imagemagick",
    "openbox",
    "python3-gi",
    "webkit2gtk-driver",
    "xauth",
    "xdotool",
    "xvfb",
];

/// What the machine is set up for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Build and run.
    Running,
    /// Run the tests as well.
    Tests,
}

/// Installs what is missing for a purpose.
pub fn setup(purpose: For) -> Fallible {
    system_packages(purpose)?;
    screen()
}

/// Fetches the weights that tests need and that do not ship. The program must be built.
pub fn models() -> Fallible {
    weights::fetch()
}

fn system_packages(purpose: For) -> Fallible {
    let mut wanted: Vec<&str> = TO_BUILD.to_vec();
    if purpose == For::Tests {
        wanted.extend(TO_TEST);
    }
    if !cfg!(target_os = "linux") {
        return elsewhere();
    }
    if !works(Command::new("dpkg-query").arg("--version")) {
        println!(
            "This system has no dpkg. Before building, install the contents of these Debian packages:\n  {}",
            wanted.join(" ")
        );
        return Ok(());
    }
    let missing: Vec<&str> = wanted.into_iter().filter(|package| !installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Installing system packages: {}", missing.join(" "));
    let apt = |arguments: &[&str]| {
        let mut command = as_root("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        command
    };
    must(&mut apt(&["update"]))
        .map_err(|error| format!("{error}; install these packages yourself and start again: {}", missing.join(" ")))?;
    let mut install = apt(&["install", "-y", "--no-install-recommends"]);
    must(install.args(&missing)).map_err(|error| {
        format!("{error}; install these packages yourself and start again: {}", missing.join(" ")).into()
    })
}

/// Whether a package of Debian is installed.
pub fn installed(package: &str) -> bool {
    let status = output(Command::new("dpkg-query").args(["-W", "-f=${Status}", package]));
    status.is_some_and(|status| status.ends_with(" installed"))
}

fn elsewhere() -> Fallible {
    if cfg!(target_os = "macos") {
        println!("Needs Xcode's command line tools, and from Homebrew: cmake protobuf node tesseract tesseract-lang");
    } else {
        println!("Needs Visual Studio's C++ build tools, LLVM (LIBCLANG_PATH set), CMake, protoc and Node 20");
    }
    Ok(())
}

/// Builds the window's page; installs its npm packages when the lock file has changed.
fn screen() -> Fallible {
    let version = output(Command::new("node").arg("--version")).unwrap_or_default();
    let major: u32 = version.trim_start_matches('v').split('.').next().and_then(|word| word.parse().ok()).unwrap_or(0);
    if major < 20 {
        let found = if version.is_empty() { "none was found".into() } else { format!("{version} was found") };
        return Err(format!("the window's page needs Node 20 or newer, and {found}; install it and start again").into());
    }
    let ui = root().join("ui");
    let stamp = ui.join("node_modules/.assay-lock");
    let lock = fs::read_to_string(ui.join("package-lock.json"))?;
    if fs::read_to_string(&stamp).ok().as_deref() != Some(lock.as_str()) {
        must(npm().args(["ci", "--no-audit", "--no-fund"])).map_err(|error| {
            format!("{error}; the npm registry must answer and the disk have room: start again once it does, nothing is lost")
        })?;
        fs::write(&stamp, lock)?;
    }
    must(npm().args(["run", "build"]))
}
