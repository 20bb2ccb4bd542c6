//! Builds the optional program for Nvidia cards. It is a separate build, because the main program must
//! not link CUDA; tests do not build it, because it takes long to compile.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Fallible, cargo, must, target};

/// CUDA's compiler, headers and libraries as Python packages.
const TOOLKIT: [&str; 8] = [
    "nvidia-cuda-nvcc==13.0.*",
    "nvidia-nvvm==13.0.*",
    "nvidia-cuda-crt==13.0.*",
    "nvidia-cuda-runtime==13.0.*",
    "nvidia-cublas==13.0.*",
    "nvidia-cuda-nvrtc==13.0.*",
    "nvidia-cuda-cccl==13.0.*",
    "nvidia-curand",
];

/// The compute capability of the kernels. They are compiled to PTX, which the driver of any later card
/// translates; 8.0 is the first with fast half precision.
const CAPABILITY: &str = "80";

/// Builds the program and prints its path.
pub fn accelerator() -> Fallible {
    let folder = target().join("accelerator");
    let toolkit = match std::env::var_os("CUDA_HOME") {
        Some(installed) => PathBuf::from(installed),
        None => fetched(&folder.join("toolkit"))?,
    };
    let mut build = cargo();
    build.args(["build", "--package", "assay-accelerator", "--features", "cuda", "--bin", "assay-accelerator"]);
    build.arg("--target-dir").arg(&folder);
    for name in ["CUDA_HOME", "CUDA_PATH", "CUDA_ROOT", "CUDA_TOOLKIT_ROOT_DIR"] {
        build.env(name, &toolkit);
    }
    build.env("CUDA_COMPUTE_CAP", std::env::var_os("CUDA_COMPUTE_CAP").unwrap_or_else(|| CAPABILITY.into()));
    build.env("NVCC", toolkit.join("bin/nvcc"));
    build.env("PATH", before(&[toolkit.join("bin")], "PATH"));
    build.env("LIBRARY_PATH", before(&[toolkit.join("lib"), toolkit.join("lib/stubs")], "LIBRARY_PATH"));
    must(&mut build)?;
    println!(
        "Built {}. Put it into the folder of the program `assay`. The machine needs CUDA's libraries and a driver.",
        folder.join("debug/assay-accelerator").display()
    );
    Ok(())
}

/// Installs the toolkit from Python packages and links it into the layout that builds expect.
fn fetched(folder: &Path) -> Fallible<PathBuf> {
    if !folder.join("bin/pip").exists() {
        must(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    }
    must(Command::new(folder.join("bin/pip")).args(["install", "--quiet", "--no-deps"]).args(TOOLKIT))?;
    let home = fs::read_dir(folder.join("lib"))?
        .filter_map(Result::ok)
        .map(|python| python.path().join("site-packages/nvidia/cu13"))
        .find(|home| home.is_dir())
        .ok_or("the Python packages contain no folder nvidia/cu13")?;
    link("lib", &home.join("lib64"))?;
    // Linkers search for names without a version.
    for library in fs::read_dir(home.join("lib"))?.filter_map(Result::ok) {
        let name = library.file_name().to_string_lossy().into_owned();
        if let Some((bare, _)) = name.split_once(".so.") {
            link(&name, &home.join("lib").join(format!("{bare}.so")))?;
        }
    }
    stub(&home)?;
    Ok(home)
}

/// Builds a stub of the driver library to link against; the real one comes with the card's driver.
fn stub(home: &Path) -> Fallible {
    let folder = home.join("lib/stubs");
    fs::create_dir_all(&folder)?;
    let header = fs::read_to_string(home.join("include/cuda.h"))?;
    let mut names: Vec<&str> = header
        .match_indices("CUDAAPI ")
        .filter_map(|(place, word)| header.get(place + word.len()..)?.split('(').next())
        .map(str::trim)
        .filter(|name| name.starts_with("cu") && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        .collect();
    names.sort_unstable();
    names.dedup();
    // Macros in the header map many names to a versioned one; the stub has both.
    let versioned = header.lines().filter_map(|line| {
        let (_, to) = line.strip_prefix("#define cu")?.split_once(char::is_whitespace)?;
        let to = to.trim();
        (to.starts_with("cu") && to.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')).then_some(to)
    });
    let mut all: Vec<&str> = names.into_iter().chain(versioned).collect();
    all.sort_unstable();
    all.dedup();
    let source = folder.join("stub.c");
    let body: String = all.iter().map(|name| format!("int {name}(void) {{ return 999; }}\n")).collect();
    fs::write(&source, body)?;
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-Wl,-soname,libcuda.so.1", "-o"]).arg(folder.join("libcuda.so")).arg(&source);
    must(&mut cc)
}

#[cfg(unix)]
fn link(to: &str, at: &Path) -> Fallible {
    if at.symlink_metadata().is_err() {
        std::os::unix::fs::symlink(to, at)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn link(_: &str, at: &Path) -> Fallible {
    Err(format!("install CUDA's toolkit and name it in CUDA_HOME: {} cannot be linked here", at.display()).into())
}

/// The value of a path variable with folders in front.
fn before(folders: &[PathBuf], variable: &str) -> std::ffi::OsString {
    let rest = std::env::var_os(variable).unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&rest));
    std::env::join_paths(all).unwrap_or(rest)
}
