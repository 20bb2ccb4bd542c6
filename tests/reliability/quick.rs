//! A small part of each reliability suite, as every run of the tests has it. The whole is
//! `cargo xtask reliability SUITE`.
#![cfg(target_os = "linux")]
#![allow(clippy::print_stdout, clippy::panic, missing_docs, reason = "test code")]

use std::path::PathBuf;

use assay_tests::reliability::{Options, run};
use assay_tests::root;

fn check(suite: &str, folder: Option<PathBuf>, numbers: &[(&str, f64)]) {
    match run(suite, &Options::of(folder, numbers)) {
        Ok(cases) => {
            println!("{}", cases.closing());
            assert!(cases.are_good(), "{}", cases.closing());
        }
        Err(why) => panic!("{suite}: could not go on: {why}"),
    }
}

#[test]
fn spoilt_files_have_a_state_and_harm_no_other() {
    check("mutants", Some(root().join("tests/documents")), &[("count", 40.0)]);
    check("mutants", Some(root().join("samples/library")), &[("count", 16.0), ("seed", 2.0)]);
}

#[test]
fn a_killed_program_loses_nothing() {
    check("kills", None, &[("count", 10.0)]);
}

#[test]
fn a_failed_write_corrupts_nothing() {
    check("writes", None, &[("stride", 230.0), ("jobs", 1.0)]);
}

#[test]
fn damage_is_healed_and_said() {
    check("damage", None, &[("count", 14.0)]);
}

#[test]
fn adding_and_deleting_leaves_no_trace() {
    check("cycles", None, &[("count", 4.0)]);
}

#[test]
fn memory_and_cost_do_not_grow() {
    check("large", None, &[("files", 100.0), ("mebibytes", 1.0), ("piece", 1.0), ("pages", 60.0)]);
}

#[test]
fn a_watched_folder_ends_as_a_full_look_would() {
    check("watch", None, &[("events", 60.0), ("still", 2.0)]);
}
