//! Runs the program on a virtual display with a window manager and WebKitWebDriver, controlled by the W3C
//! WebDriver protocol. Keys and the pointer come from xdotool, so that they take the same path as a
//! user's. Pictures are of the display, because the driver's screenshot call does not return.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assay_tests::{built, root};
use serde_json::{Value, json};

use crate::desktop::Desktop;

/// Starts openbox, writes the addresses of display and bus to a file, and becomes the driver.
const SCRIPT: &str = r#"
openbox >/dev/null 2>&1 &
printf '%s\n' "$DISPLAY" "$XAUTHORITY" "$DBUS_SESSION_BUS_ADDRESS" > "$1/display.new" && mv "$1/display.new" "$1/display"
exec WebKitWebDriver --host=127.0.0.1 --port="$2"
"#;

/// Replaces `xdg-open`; records the addresses that it is called with.
const OPENER: &str = "#!/bin/sh\nprintf '%s\\n' \"$1\" >> \"$OPENED\"\n";

/// A display with a desktop, on which one window at a time can be open.
pub struct Driver {
    /// Portal, notifications and other services of a desktop.
    pub desktop: Desktop,
    processes: Child,
    runtime: tempfile::TempDir,
    environment: Vec<(String, String)>,
    base: String,
    session: String,
    agent: ureq::Agent,
}

impl Driver {
    /// Starts everything except the window. `scheme` is the desktop's color scheme: 0 none, 1 dark, 2 light.
    pub fn start(scheme: u32) -> Self {
        let runtime = tempfile::tempdir().unwrap();
        fs::set_permissions(runtime.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let programs = runtime.path().join("programs");
        fs::create_dir(&programs).unwrap();
        fs::write(programs.join("xdg-open"), OPENER).unwrap();
        fs::set_permissions(programs.join("xdg-open"), fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());

        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("dbus-run-session");
        command.args(["--", "xvfb-run", "-a", "-s", "-screen 0 1440x900x24", "sh", "-c", SCRIPT, "window"]);
        command.arg(runtime.path()).arg(port.to_string()).env("XDG_RUNTIME_DIR", runtime.path());
        command.env("PATH", path).env("OPENED", runtime.path().join("opened"));
        for (name, value) in [
            ("GDK_BACKEND", "x11"),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            ("NO_AT_BRIDGE", "1"),
            ("LANG", "C.UTF-8"),
            ("LC_ALL", "C.UTF-8"),
            ("TAURI_WEBVIEW_AUTOMATION", "true"),
        ] {
            command.env(name, value);
        }
        let processes = command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn();
        let processes = processes.expect("dbus-run-session is installed by `cargo xtask setup`");
        let begun = Instant::now();
        while !runtime.path().join("display").exists() {
            assert!(begun.elapsed() < Duration::from_secs(30), "the display did not start");
            sleep(Duration::from_millis(50));
        }
        let text = fs::read_to_string(runtime.path().join("display")).unwrap();
        let mut environment: Vec<(String, String)> = ["DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"]
            .iter()
            .zip(text.lines())
            .map(|(name, value)| ((*name).to_owned(), value.to_owned()))
            .collect();
        environment.push(("XDG_RUNTIME_DIR".into(), runtime.path().to_str().unwrap().into()));
        environment.push(("SCHEME".into(), scheme.to_string()));
        let desktop = Desktop::start(&environment);

        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(120)))
            .http_status_as_error(false)
            .build()
            .into();
        let base = format!("http://127.0.0.1:{port}");
        let driver = Self { desktop, processes, runtime, environment, base, session: String::new(), agent };
        let base = driver.base.clone();
        driver.until("the driver", Duration::from_secs(30), |driver| driver.get(&format!("{base}/status")).is_some());
        driver
    }

    /// Opens the window on a data folder, and waits until the page is ready.
    pub fn open(&mut self, program: &Path, data: &Path) {
        let options = json!({ "binary": program, "args": ["--data", data] });
        let body = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let opened = self.post(&format!("{}/session", self.base), &body);
        let id = opened["sessionId"].as_str().unwrap_or_else(|| panic!("no window opened: {opened}"));
        self.session = format!("{}/session/{id}", self.base);
        self.wait("the page", Duration::from_secs(60), "document.querySelector('[data-test=ready]')");
    }

    /// Closes the window with Ctrl+Q, and waits until the library is unlocked.
    pub fn close(&mut self, data: &Path) {
        self.keys(&["ctrl+q"]);
        let lock = data.join("lock");
        let free = || fs::File::options().write(true).open(&lock).is_ok_and(|file| file.try_lock().is_ok());
        let begun = Instant::now();
        while !free() {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "the library is still locked after the window was closed"
            );
            sleep(Duration::from_millis(50));
        }
        let _ = self.agent.delete(&self.session).call();
        self.session.clear();
    }

    /// Runs a script in the page; returns its result.
    pub fn run(&self, script: &str) -> Value {
        self.run_with(script, &[])
    }

    /// Runs a script with arguments.
    pub fn run_with(&self, script: &str, arguments: &[Value]) -> Value {
        let body = json!({ "script": script, "args": arguments });
        let value = self.post(&format!("{}/execute/sync", self.session), &body);
        assert!(value["error"].is_null(), "{script}: {value}");
        value
    }

    /// Runs an asynchronous script, which ends when it calls its last argument.
    pub fn run_to_end(&self, script: &str, arguments: &[Value]) -> Value {
        let body = json!({ "script": script, "args": arguments });
        let value = self.post(&format!("{}/execute/async", self.session), &body);
        assert!(value["error"].is_null(), "{script}: {value}");
        value
    }

    /// Waits until an expression is true in the page.
    pub fn wait(&self, what: &str, limit: Duration, expression: &str) {
        let script = format!("return !!({expression});");
        self.until(what, limit, |driver| driver.run(&script) == true);
    }

    /// Waits up to 30 s for an element, which is long enough for an action on a slow machine.
    pub fn see(&self, selector: &str) {
        self.wait(selector, Duration::from_secs(30), &format!("document.querySelector(`{selector}`)"));
    }

    /// Waits until an element is removed.
    pub fn miss(&self, selector: &str) {
        self.wait(
            &format!("removal of {selector}"),
            Duration::from_secs(60),
            &format!("!document.querySelector(`{selector}`)"),
        );
    }

    /// Clicks an element of the page when it is enabled.
    pub fn click(&self, selector: &str) {
        let there =
            format!("(() => {{ const it = document.querySelector(`{selector}`); return it && !it.disabled; }})()");
        self.wait(selector, Duration::from_secs(30), &there);
        self.run(&format!("document.querySelector(`{selector}`).click();"));
    }

    /// The text of an element.
    pub fn text(&self, selector: &str) -> String {
        let text = self.run(&format!("return document.querySelector(`{selector}`)?.textContent ?? null;"));
        text.as_str().unwrap_or_else(|| panic!("there is no {selector}")).trim().to_owned()
    }

    /// The number of elements that match.
    pub fn count(&self, selector: &str) -> usize {
        self.run(&format!("return document.querySelectorAll(`{selector}`).length;")).as_u64().unwrap() as usize
    }

    /// Presses key combinations, one after the other.
    pub fn keys(&self, keys: &[&str]) {
        self.xdotool(&[&["key", "--clearmodifiers", "--delay", "60"], keys].concat());
    }

    /// Types text.
    pub fn types(&self, words: &str) {
        self.xdotool(&["type", "--clearmodifiers", "--delay", "15", words]);
    }

    /// Runs xdotool, which controls the keyboard and the pointer of X.
    pub fn xdotool(&self, words: &[&str]) -> String {
        let output = self.on_display("xdotool", words);
        assert!(output.status.success(), "xdotool {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A command on this display and session bus.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).current_dir(root());
        command
    }

    /// The addresses passed to `xdg-open` since the last call.
    pub fn opened(&self) -> Vec<String> {
        let file = self.runtime.path().join("opened");
        let text = fs::read_to_string(&file).unwrap_or_default();
        drop(fs::remove_file(file));
        text.lines().map(str::to_owned).collect()
    }

    /// Takes a picture of the display into `target/`.
    pub fn picture(&self, name: &str) {
        sleep(Duration::from_millis(500)); // lets animations end
        let folder = built("assay-desktop").ancestors().nth(2).unwrap().join("window-pictures");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.png"));
        let taken = self.on_display("import", &["-window", "root", path.to_str().unwrap()]);
        assert!(taken.status.success(), "no picture of {name}");
        assert!(fs::metadata(&path).unwrap().len() > 5_000, "the picture of {name} is blank");
    }

    fn on_display(&self, program: &str, words: &[&str]) -> Output {
        self.command(Path::new(program)).args(words).output().unwrap()
    }

    /// Waits until a condition holds.
    pub fn until(&self, what: &str, limit: Duration, done: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !done(self) {
            if begun.elapsed() > limit {
                let page = if self.session.is_empty() {
                    Value::Null
                } else {
                    self.run("return document.body.innerText.slice(0, 1200);")
                };
                let picture: PathBuf = PathBuf::from("window-pictures/failed.png");
                if !self.session.is_empty() {
                    self.picture("failed");
                }
                panic!("timed out after {limit:?}: {what}; picture: {}; text of the page: {page}", picture.display());
            }
            sleep(Duration::from_millis(60));
        }
    }

    fn get(&self, url: &str) -> Option<Value> {
        self.agent.get(url).call().ok()?.body_mut().read_json().ok()
    }

    fn post(&self, url: &str, body: &Value) -> Value {
        let mut response = self.agent.post(url).send_json(body).unwrap_or_else(|error| panic!("{url}: {error}"));
        let mut reply: Value = response.body_mut().read_json().unwrap();
        reply["value"].take()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = self.agent.delete(&self.session).call();
        }
        // Display, window manager and driver are in one process group.
        let _ = Command::new("kill").args(["-TERM", "--", &format!("-{}", self.processes.id())]).status();
        let _ = self.processes.wait();
    }
}
