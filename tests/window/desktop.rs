//! Controls `desktop.py`, which plays the desktop on the window's display and bus.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use assay_tests::root;
use serde_json::{Value, json};

/// The system's Python, because `cargo xtask setup` installs GTK for it.
const PYTHON: &str = "/usr/bin/python3";

/// A running `desktop.py`: portal settings, notifications, file manager, source of drags, another window.
pub struct Desktop {
    child: Child,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Desktop {
    /// Starts it; returns when its names are on the bus.
    pub fn start(environment: &[(String, String)]) -> Self {
        let mut command = Command::new(PYTHON);
        command.arg(root().join("tests/window/desktop.py")).envs(environment.iter().map(|(name, value)| (name, value)));
        command.env("GDK_BACKEND", "x11").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let pipes = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let desktop = Self { child, pipes: Mutex::new(pipes) };
        assert_eq!(desktop.answer(), true, "the desktop is not on the bus: is python3-gi installed?");
        desktop
    }

    /// Sends a command; returns its result.
    pub fn does(&self, what: &str, value: impl Into<Value>) -> Value {
        let line = json!([what, value.into()]);
        writeln!(self.pipes.lock().unwrap().0, "{line}").unwrap();
        self.answer()
    }

    fn answer(&self) -> Value {
        let mut line = String::new();
        self.pipes.lock().unwrap().1.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("desktop.py answered {line:?}: {error}"))
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
