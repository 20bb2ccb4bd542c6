//! Opens the window, or asks the sample library in the terminal if there is no display.

use crate::setup::{self, For};
use crate::shell::{Built, Fallible, build, built, command, must, root, target};

/// One question per language of the sample library; each has a near miss among its candidates.
const QUESTIONS: [&str; 2] =
    ["How large is the thumbnail cache limit in Fathomlight 2.4?", "松烟笔记3.2版单本笔记最多多少页？"];

/// Builds and starts Assay. The weights that it needs ship with it.
pub fn run(arguments: &[String]) -> Fallible {
    if !built("assay").exists() {
        println!(
            "The first start installs what is missing (system packages, npm packages), builds the window's page and compiles \
             {} packages. Later starts compile what has changed.",
            packages()
        );
    }
    setup::setup(For::Running)?;
    build(Built::Programs)?;
    let display = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if display || !cfg!(target_os = "linux") {
        return must(command(built("assay-desktop")).args(arguments));
    }
    println!("\nNo display: asking the sample library in the terminal.\n");
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
    println!(
        "\nTry next:\n  {0} ingest FOLDER    take in files of your own\n  {0} ask QUESTION     ask them\n  {0} help             everything else\n\
         With a display, cargo xtask run opens the window.",
        built("assay").display()
    );
    Ok(())
}

/// How many packages `Cargo.lock` lists.
fn packages() -> usize {
    std::fs::read_to_string(root().join("Cargo.lock")).map_or(0, |lock| lock.matches("[[package]]").count())
}

/// Measures speed on this machine; `arguments` go to each bench.
pub fn bench(arguments: &[String]) -> Fallible {
    setup::setup(For::Running)?;
    build(Built::Programs)?;
    for what in ["rerank", "embed", "query"] {
        must(command(built("assay")).args(["bench", what]).args(arguments))?;
    }
    Ok(())
}
