//! The main job: opens the window, or does the same in the terminal where there is no display.

use crate::setup::{self, For};
use crate::shell::{Fallible, build, built, command, must, root, target};

/// One question for each language of the sample library, both with a near miss in the way.
const QUESTIONS: [&str; 2] =
    ["How large is the thumbnail cache limit in Fathomlight 2.4?", "松烟笔记3.2版单本笔记最多多少页？"];

/// Builds, fetches what is missing, and shows Assay at work.
pub fn run(arguments: &[String]) -> Fallible {
    setup::setup(For::Running)?;
    build()?;
    setup::models()?;
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if display || !cfg!(target_os = "linux") {
        return must(command(built("assay-desktop")).args(arguments));
    }
    println!("\nNo display: the sample library in the terminal.\n");
    let data = target().join("sample-data");
    let assay = || {
        let mut assay = command(built("assay"));
        assay.arg("--data").arg(&data);
        assay
    };
    must(assay().arg("ingest").arg(root().join("samples/library")))?;
    for question in QUESTIONS {
        println!();
        must(assay().args(["ask", question]))?;
    }
    Ok(())
}

/// Measures on this machine; further arguments go to each bench.
pub fn bench(arguments: &[String]) -> Fallible {
    setup::setup(For::Running)?;
    build()?;
    setup::models()?;
    for what in ["rerank", "embed", "query"] {
        must(command(built("assay")).args(["bench", what]).args(arguments))?;
    }
    Ok(())
}
