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
use reqwest::header::{COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Body, Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::socket::Socket;

/// None of what a test waits for takes as long on a machine with much else to do.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// The server.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_lab-server");

/// A running server, which ends with this.
pub struct Server {
    child: Child,
    /// What it keeps.
    pub state: Arc<TempDir>,
    /// `127.0.0.1:PORT`.
    pub host: String,
    /// What the printed link carries.
    pub token: String,
    client: Client,
}

/// A browser that has a seat, or none.
pub struct Browser<'a> {
    server: &'a Server,
    cookie: Option<String>,
}

impl Server {
    /// Starts one that knows no seat yet.
    pub fn start() -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// Starts one where another may have been before.
    pub fn start_in(state: Arc<TempDir>) -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg("--port=0");
        Self::spawn(command, state)
    }

    /// Starts one for a room.
    pub fn workshop() -> Self {
        Self::workshop_in(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// Starts one for a room where another may have been before.
    pub fn workshop_in(state: Arc<TempDir>) -> Self {
        Self::workshop_with(&["--port=0"], state)
    }

    /// Starts one for a room with these arguments, a port among them.
    pub fn workshop_with(arguments: &[&str], state: Arc<TempDir>) -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg("--workshop").args(arguments);
        Self::spawn(command, state)
    }

    /// Starts one for a room whose state is on a disk of its own, of 128 MiB.
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

    /// Ends it, and returns what it has kept.
    pub fn stop(self) -> Arc<TempDir> {
        Arc::clone(&self.state)
    }

    /// A browser that has never been here.
    pub fn stranger(&self) -> Browser<'_> {
        Browser {
            server: self,
            cookie: None,
        }
    }

    /// A browser that has followed the printed link.
    pub async fn owner(&self) -> Browser<'_> {
        let mut browser = self.stranger();
        let path = format!("/?token={}", self.token);
        let answer = browser.get(&path).await;
        browser.keep_cookie(&answer);
        browser
    }

    /// A browser that has a seat already.
    pub fn browser_with(&self, cookie: Option<String>) -> Browser<'_> {
        Browser {
            server: self,
            cookie,
        }
    }

    /// A browser that has joined the room by the teacher's invitation.
    pub async fn join(&self, name: &str) -> Browser<'_> {
        let path = self.invitation().await;
        let mut browser = self.stranger();
        let answer = browser.send_name(&path, name).await;
        assert_eq!(answer.headers()[LOCATION], "/");
        browser.keep_cookie(&answer);
        browser
    }

    /// The path of the link by which seats join.
    pub async fn invitation(&self) -> String {
        let answer = self.owner().await.get("/live/invitation").await;
        let answer: Value = answer.json().await.unwrap();
        let link = answer["link"].as_str().unwrap();
        let path = link.strip_prefix(&format!("http://{}", self.host));
        path.unwrap().to_owned()
    }
}

impl Server {
    /// The guests that it runs.
    pub fn guests(&self) -> usize {
        self.children("qemu-system")
    }

    /// The compilers that it runs, each in its sandbox.
    pub fn compilers(&self) -> usize {
        self.children("sandbox")
    }

    /// Its children whose names begin so.
    fn children(&self, start: &str) -> usize {
        let threads = fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
        let children = threads.filter_map(|thread| {
            // A thread may end meanwhile.
            fs::read_to_string(thread.ok()?.path().join("children")).ok()
        });
        let pids: String = children.collect();
        let has_name = |pid: &&str| {
            let name = fs::read_to_string(format!("/proc/{pid}/comm"));
            name.is_ok_and(|name| name.starts_with(start))
        };
        pids.split_whitespace().filter(has_name).count()
    }

    /// A file as it sees it, which may have a disk of its own.
    pub fn within(&self, path: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.pid()));
        root.join(path.strip_prefix("/").unwrap())
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it runs so many.
    pub async fn wait_for_guests(&self, count: usize) {
        self.wait_until(|| self.guests() == count).await;
    }

    /// Waits until something is so.
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
        // It removes what it has built.
        self.signal(Signal::SIGTERM);
        self.child.wait().unwrap();
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Browser<'_> {
    /// What it sends with every request.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.clone()
    }

    fn keep_cookie(&mut self, answer: &Response) {
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
        self.cookie = cookie.split(';').next().map(str::to_owned);
    }

    /// Sends the form in which a name is asked for.
    pub async fn send_name(&self, path: &str, name: &str) -> Response {
        let request = self.request(Method::POST, path);
        request.form(&[("name", name)]).send().await.unwrap()
    }

    /// Tells the server something in JSON.
    pub async fn post(&self, path: &str, message: Value) -> StatusCode {
        let request = self.request(Method::POST, path).json(&message);
        request.send().await.unwrap().status()
    }

    /// What the server answers in JSON.
    pub async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    /// Runs something, and returns all that the page is told.
    pub async fn run(&self, what: Value) -> Vec<Value> {
        let mut socket = self.open("/live/run").await;
        socket.send(what).await;
        socket.all().await
    }

    /// A request as a page of the book makes it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let host = &self.server.host;
        let mut request = self
            .server
            .client
            .request(method.clone(), format!("http://{host}{path}"));
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        match method.is_safe() {
            true => request,
            false => request.header(ORIGIN, format!("http://{host}")),
        }
    }

    /// Asks for a page.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    /// Changes a file.
    pub async fn change(&self, path: &str, text: impl Into<Body>) -> StatusCode {
        let request = self.request(Method::PUT, &format!("/live/files/{path}"));
        request.body(text).send().await.unwrap().status()
    }

    /// A file as it is for this seat.
    pub async fn file(&self, path: &str) -> Value {
        let answer = self.get(&format!("/live/files/{path}")).await;
        answer.json().await.unwrap()
    }

    /// Replaces something in a file, which it is in.
    pub async fn replace(&self, path: &str, from: &str, to: &str) {
        let file = self.file(path).await;
        let text = file["text"].as_str().unwrap();
        assert!(text.contains(from), "{path}: {from}");
        let status = self.change(path, text.replacen(from, to, 1)).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
    }

    /// Asks for a page by another name of the server's.
    pub async fn get_by_name(&self, name: &str, path: &str) -> Response {
        let request = self.request(Method::GET, path).header(HOST, name);
        request.send().await.unwrap()
    }

    /// Opens a WebSocket, as a page of the book does.
    pub async fn open(&self, path: &str) -> Socket {
        let origin = format!("http://{}", self.server.host);
        self.open_from(Some(&origin), path).await.unwrap()
    }

    /// Opens a WebSocket as a page from elsewhere does, or a program that is no browser.
    pub async fn open_from(&self, origin: Option<&str>, path: &str) -> Result<Socket, Error> {
        let address = format!("ws://{}{path}", self.server.host);
        let mut request = address.into_client_request().unwrap();
        let headers = request.headers_mut();
        if let Some(origin) = origin {
            headers.insert(ORIGIN, origin.parse().unwrap());
        }
        if let Some(cookie) = &self.cookie {
            headers.insert(COOKIE, cookie.parse().unwrap());
        }
        Ok(Socket(connect_async(request).await?.0))
    }
}

/// Starts the program, and returns what it printed as its link, without `http://`.
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
