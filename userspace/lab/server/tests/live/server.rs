// SPDX-License-Identifier: MIT OR Apache-2.0

//! A server for one test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use reqwest::Client;
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use crate::browser::Browser;

/// A time limit that no test reaches, even on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// The server's binary.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_lab-server");

/// A running server, which ends when this is dropped.
pub struct Server {
    child: Child,
    /// The folder of its state.
    pub state: Arc<TempDir>,
    /// `127.0.0.1:PORT`.
    pub host: String,
    /// The token of the printed link.
    pub token: String,
    /// The HTTP client that its browsers share.
    pub client: Client,
}

impl Server {
    /// Starts a server without seats.
    pub fn start() -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// Starts a server on the state of a former one.
    pub fn start_in(state: Arc<TempDir>) -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg("--port=0");
        Self::spawn(command, state)
    }

    /// Starts a server for a workshop.
    pub fn workshop() -> Self {
        Self::workshop_in(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// Starts a server for a workshop, on the state of a former one.
    pub fn workshop_in(state: Arc<TempDir>) -> Self {
        Self::workshop_with(&["--port=0"], state)
    }

    /// Starts a server for a workshop with these arguments, which must include a port.
    pub fn workshop_with(arguments: &[&str], state: Arc<TempDir>) -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg("--workshop").args(arguments);
        Self::spawn(command, state)
    }

    /// Starts a server for a workshop whose state is on its own disk of 128 MiB.
    pub fn on_small_disk() -> Self {
        let script = "mount -t tmpfs -o size=128M none \"$1\" && shift && exec \"$@\"";
        let namespaces = match geteuid().is_root() {
            true => &["--mount"][..],
            false => &["--mount", "--map-root-user"],
        };
        let state = Arc::new(tempfile::tempdir().unwrap());
        let mut command = Command::new("unshare");
        command.args(namespaces).args(["sh", "-c", script, "sh"]);
        command
            .arg(state.path())
            .args([PROGRAM, "--workshop", "--port=0"]);
        Self::spawn(command, state)
    }

    fn spawn(command: Command, state: Arc<TempDir>) -> Self {
        let (child, link) = spawn(command, state.path());
        let (address, token) = link.split_once("?token=").unwrap();
        let (host, _) = address.split_once('/').unwrap();
        Server {
            child,
            state,
            host: host.to_owned(),
            token: token.to_owned(),
            client: Client::builder().redirect(Policy::none()).build().unwrap(),
        }
    }

    /// Ends the server, and returns its state.
    pub fn stop(self) -> Arc<TempDir> {
        Arc::clone(&self.state)
    }

    /// Returns a browser that has never been here.
    pub fn stranger(&self) -> Browser<'_> {
        Browser::new(self, None)
    }

    /// Returns a browser that has followed the printed link.
    pub async fn owner(&self) -> Browser<'_> {
        let mut browser = self.stranger();
        let path = format!("/?token={}", self.token);
        let answer = browser.get(&path).await;
        browser.keep_cookie(&answer);
        browser
    }

    /// Returns a browser with this cookie.
    pub fn browser_with(&self, cookie: Option<String>) -> Browser<'_> {
        Browser::new(self, cookie)
    }

    /// Returns a browser that has joined the workshop by the teacher's invitation.
    pub async fn join(&self, name: &str) -> Browser<'_> {
        let path = self.invitation().await;
        let mut browser = self.stranger();
        let answer = browser.send_name(&path, name).await;
        assert_eq!(answer.headers()[LOCATION], "/");
        browser.keep_cookie(&answer);
        browser
    }

    /// Returns the path of the link by which seats join.
    pub async fn invitation(&self) -> String {
        let answer = self.owner().await.get("/live/invitation").await;
        let answer: Value = answer.json().await.unwrap();
        let link = answer["link"].as_str().unwrap();
        let path = link.strip_prefix(&format!("http://{}", self.host));
        path.unwrap().to_owned()
    }
}

impl Server {
    /// Returns the number of its guests.
    pub fn guests(&self) -> usize {
        self.children("qemu-system")
    }

    /// Returns the number of its compilers, each in its sandbox.
    pub fn compilers(&self) -> usize {
        self.children("sandbox")
    }

    /// Returns the number of its children whose names begin with this.
    fn children(&self, start: &str) -> usize {
        let threads = fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
        let children = threads.filter_map(|thread| {
            // A thread may end at any time.
            fs::read_to_string(thread.ok()?.path().join("children")).ok()
        });
        let pids: String = children.collect();
        let has_name = |pid: &&str| {
            let name = fs::read_to_string(format!("/proc/{pid}/comm"));
            name.is_ok_and(|name| name.starts_with(start))
        };
        pids.split_whitespace().filter(has_name).count()
    }

    /// Returns a file's path for the server's mount namespace, which may have its own disk.
    pub fn within(&self, path: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.pid()));
        root.join(path.strip_prefix("/").unwrap())
    }

    /// Returns its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it runs this number of guests.
    pub async fn wait_for_guests(&self, count: usize) {
        self.wait_until(|| self.guests() == count).await;
    }

    /// Waits until a condition is true.
    pub async fn wait_until(&self, is_so: impl Fn() -> bool) {
        let waited = timeout(PATIENCE, async {
            while !is_so() {
                sleep(Duration::from_millis(10)).await;
            }
        });
        waited.await.expect("it is still otherwise");
    }
}

impl Server {
    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid() as i32), signal).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // On this signal the server removes what it has built.
        self.signal(Signal::SIGTERM);
        self.child.wait().unwrap();
    }
}

/// Returns a port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Starts the program, and returns the printed link without `http://`.
fn spawn(mut command: Command, state: &Path) -> (Child, String) {
    let mut child = command
        .args(["--no-open", "--state"])
        .arg(state)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let link = lines.find_map(|line| Some(line.unwrap().split_once("http://")?.1.to_owned()));
    (child, link.expect("it prints its link"))
}
