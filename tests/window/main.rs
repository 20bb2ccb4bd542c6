//! Tests of the real window on a virtual display with a desktop: drag and drop through X, keys, menus,
//! every view on the real engines, and the window's use of desktop services. All scenarios share one
//! library and mostly one process, because a start takes seconds; each is counted by name.
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
fn every_scenario_of_the_window_passes() {
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

/// The portal's `color-scheme` value for a dark desktop.
pub const DARK: u32 = 1;
