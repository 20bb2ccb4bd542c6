//! Completions for shells and manual pages, both from the definition of the command line.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;

/// The name of the program.
const PROGRAM: &str = "assay";

/// Prints the completions of a shell.
pub fn completions(shell: Shell) -> ExitCode {
    clap_complete::generate(shell, &mut Arguments::command(), PROGRAM, &mut std::io::stdout());
    ExitCode::SUCCESS
}

/// Writes a manual page for the program and one for each of its commands into a folder.
pub fn pages(folder: &Path) -> anyhow::Result<ExitCode> {
    let problem = || format!("the manual pages could not be written into {}", folder.display());
    std::fs::create_dir_all(folder).with_context(problem)?;
    clap_mangen::generate_to(Arguments::command(), folder).with_context(problem)?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_manual_page_with_a_description() {
        let folder = tempfile::tempdir().unwrap();
        pages(folder.path()).unwrap();
        let page = std::fs::read_to_string(folder.path().join("assay.1")).unwrap();
        for command in Arguments::command().get_subcommands().filter(|command| !command.is_hide_set()) {
            let name = command.get_name();
            assert!(folder.path().join(format!("assay-{name}.1")).is_file(), "{name} has no page");
            assert!(page.contains(&name.replace('-', "\\-")), "{name} is not listed");
            assert!(command.get_about().is_some(), "{name} has no description");
        }
    }

    #[test]
    fn completions_of_every_shell_know_the_commands() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
            let mut written = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), PROGRAM, &mut written);
            let written = String::from_utf8(written).unwrap();
            assert!(written.contains("ingest") && written.contains("backup"), "{shell}");
        }
    }
}
