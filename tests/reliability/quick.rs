//! Short runs of the reliability suites for the ordinary tests. `cargo xtask reliability SUITE` runs a
//! suite in full.
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
        Err(why) => panic!("{suite}: stopped early: {why}"),
    }
}

#[test]
fn damaged_files_end_in_a_named_state_and_affect_no_other_file() {
    check("mutants", Some(root().join("tests/documents")), &[("count", 40.0)]);
    check("mutants", Some(root().join("samples/library")), &[("count", 16.0), ("seed", 2.0)]);
}

#[test]
fn a_killed_program_loses_no_committed_document() {
    check("kills", None, &[("count", 14.0)]);
}

#[test]
fn a_failed_write_corrupts_no_document() {
    check("writes", None, &[("stride", 230.0), ("jobs", 1.0)]);
}

#[test]
fn damage_is_repaired_and_reported() {
    check("damage", None, &[("count", 14.0)]);
}

#[test]
fn repeated_adding_and_deleting_keeps_the_size_and_purges_the_text() {
    check("cycles", None, &[("count", 4.0)]);
}

#[test]
fn memory_and_time_per_file_do_not_grow_with_the_library() {
    check("large", None, &[("files", 100.0), ("mebibytes", 1.0), ("piece", 1.0), ("pages", 60.0)]);
}

#[test]
fn nothing_of_others_changes_in_a_data_folder() {
    check("foreign", None, &[]);
}

#[test]
fn a_saved_file_answers_within_seconds() {
    check("saves", None, &[("chunks", 1_000.0), ("count", 2.0)]);
}

#[test]
fn documents_outlive_what_happens_to_their_files() {
    check("lives", None, &[("every", 5.0), ("looks", 3.0), ("still", 2.0)]);
}

#[test]
fn a_library_that_was_backed_up_and_moved_answers_as_before() {
    check("backup", None, &[("count", 2.0), ("questions", 4.0), ("kills", 9.0)]);
}

#[test]
fn a_watched_folder_ends_like_a_full_scan() {
    check("watch", None, &[("events", 60.0), ("still", 2.0)]);
}

/// Skipped with a printed reason where Python's moto is missing.
#[test]
fn a_library_on_an_object_store_is_mirrored_whatever_dies() {
    check("remote", None, &[("documents", 12.0), ("races", 2.0), ("kills", 6.0), ("questions", 4.0)]);
}
