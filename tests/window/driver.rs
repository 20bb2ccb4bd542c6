//! A display without a screen, a window manager, WebKit's driver and the program in it. Spoken to
//! in the W3C protocol; pictures are taken of the display itself, because the driver's own
//! screenshot call does not return.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use assay_tests::root;
use serde_json::{Value, json};

/// Starts openbox, tells where the display is, and becomes the driver.
const SCRIPT: &str = r#"
openbox >/dev/null 2>&1 &
printf '%s\n%s\n' "$DISPLAY" "$XAUTHORITY" > "$1/display.new" && mv "$1/display.new" "$1/display"
exec WebKitWebDriver --host=127.0.0.1 --port="$2"
"#;

/// One window under test.
pub struct Driver {
    processes: Child,
    runtime: tempfile::TempDir,
    session: String,
    agent: ureq::Agent,
}

impl Driver {
    /// Starts everything and opens the window over a data folder.
    pub fn start(program: &Path, data: &Path) -> Self {
        let runtime = tempfile::tempdir().unwrap();
        fs::set_permissions(runtime.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("dbus-run-session");
        command.args(["--", "xvfb-run", "-a", "-s", "-screen 0 1440x900x24", "sh", "-c", SCRIPT, "window"]);
        command.arg(runtime.path()).arg(port.to_string()).env("XDG_RUNTIME_DIR", runtime.path());
        for (name, value) in [
            ("GDK_BACKEND", "x11"),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            ("NO_AT_BRIDGE", "1"),
            ("TAURI_WEBVIEW_AUTOMATION", "true"),
            ("ASSAY_ALLOW_EMIT", "1"),
        ] {
            command.env(name, value);
        }
        let processes = command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0).spawn();
        let processes = processes.expect("dbus-run-session is installed by `cargo xtask setup`");
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(120)))
            .http_status_as_error(false)
            .build()
            .into();
        let mut driver = Self { processes, runtime, session: String::new(), agent };
        let base = format!("http://127.0.0.1:{port}");
        driver.until("the driver", Duration::from_secs(30), |driver| driver.get(&format!("{base}/status")).is_some());
        let options = json!({ "binary": program, "args": ["--data", data] });
        let body = json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let opened = driver.post(&format!("{base}/session"), &body);
        let id = opened["sessionId"].as_str().unwrap_or_else(|| panic!("no window opened: {opened}"));
        driver.session = format!("{base}/session/{id}");
        driver
    }

    /// Runs a script in the page; what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.run_with(script, &[])
    }

    /// The same with arguments.
    pub fn run_with(&self, script: &str, arguments: &[Value]) -> Value {
        let body = json!({ "script": script, "args": arguments });
        let value = self.post(&format!("{}/execute/sync", self.session), &body);
        assert!(value["error"].is_null(), "{script}: {value}");
        value
    }

    /// Waits until an expression is true in the page.
    pub fn wait(&self, what: &str, limit: Duration, expression: &str) {
        let script = format!("return !!({expression});");
        self.until(what, limit, |driver| driver.run(&script) == true);
    }

    /// Takes a picture of the display into `target/`.
    pub fn picture(&self, name: &str) {
        sleep(Duration::from_millis(700)); // let what is moving come to rest
        let test = std::env::current_exe().unwrap();
        let folder = test.ancestors().nth(3).unwrap().join("window-pictures");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.png"));
        let taken = self.on_display("import").args(["-window", "root"]).arg(&path).status();
        assert!(taken.is_ok_and(|status| status.success()), "no picture of {name}");
        assert!(fs::metadata(&path).unwrap().len() > 5_000, "the picture of {name} is blank");
    }

    fn on_display(&self, program: &str) -> Command {
        let text = fs::read_to_string(self.runtime.path().join("display")).unwrap();
        let (display, authority) = text.trim_end().split_once('\n').unwrap();
        let mut command = Command::new(program);
        command.env("DISPLAY", display).env("XAUTHORITY", authority).current_dir(root());
        command
    }

    fn until(&self, what: &str, limit: Duration, done: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !done(self) {
            if begun.elapsed() > limit {
                let page =
                    if self.session.is_empty() { Value::Null } else { self.run("return document.body.innerText;") };
                let picture: PathBuf = PathBuf::from("window-pictures/failed.png");
                if !self.session.is_empty() {
                    self.picture("failed");
                }
                panic!("{what} did not come within {limit:?}; {} shows it; the page says: {page}", picture.display());
            }
            sleep(Duration::from_millis(150));
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
        // The display, the manager and the driver live in one process group.
        let _ = Command::new("kill").args(["-TERM", "--", &format!("-{}", self.processes.id())]).status();
        let _ = self.processes.wait();
    }
}
