//! The real window, on a display of its own with a desktop around it: files dragged in through X,
//! keys and menu, every view over the real engines, what the window owes the desktop. One program
//! and one library for all scenarios, because a start costs seconds; each is counted by name.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "test code")]
#![cfg(target_os = "linux")]

mod desktop;
mod driver;
mod scenarios;
mod steps;

mod arriving;
mod asking;
mod inspecting;
mod passages;
mod measuring;
mod keyboard;
mod appearance;
mod library;
mod outside;
mod busy;
mod again;
mod numbers;

use assay_tests::{Library, built};
use driver::Driver;
use scenarios::Scenarios;

#[test]
fn the_window_in_all_its_views() {
    let mut all = Scenarios::default();
    let library = Library::default();
    let mut window = Driver::start(DARK);
    window.open(&built("assay-desktop"), library.data.path());

    arriving::scenarios(&mut all, &window, &library);
    asking::scenarios(&mut all, &window);
    inspecting::scenarios(&mut all, &window);
    passages::scenarios(&mut all, &window);
    measuring::scenarios(&mut all, &window);
    keyboard::scenarios(&mut all, &window);
    appearance::scenarios(&mut all, &window);
    library::scenarios(&mut all, &window);
    outside::scenarios(&mut all, &window, &library);
    busy::scenarios(&mut all, &window, &library);
    let page = numbers::scenarios(&mut all, &window);
    again::scenarios(&mut all, &mut window, &library);
    drop(window);
    numbers::in_the_terminal(&mut all, &library, &page);
    all.end();
}

/// The portal's number for a desktop that prefers dark.
pub const DARK: u32 = 1;
