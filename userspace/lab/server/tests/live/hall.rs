// SPDX-License-Identifier: MIT OR Apache-2.0

//! A lecture hall: two servers behind HAProxy, with `hall/haproxy.cfg`. Each
//! server has its own folder, and its own address besides the shared one.

use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::{LOCATION, ORIGIN};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::browser::Browser;
use crate::server::{Server, free_port};
use crate::socket::told;

/// A file that the tested runs do not use.
const FILE: &str = "userspace/pairs/1-open/hiboma.rs";
const CODE: &str = "0123456789abcdef";
const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../hall/haproxy.cfg");

/// The ports of HAProxy and its servers.
struct Hall {
    port: u16,
    servers: [u16; 2],
}

/// A running HAProxy.
struct Proxy(Child);

impl Hall {
    fn new() -> Self {
        Hall {
            port: free_port(),
            servers: [free_port(), free_port()],
        }
    }

    /// Returns the address at which seats join. Loopback addresses need no names.
    fn shared(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Returns the address of this server's seats.
    fn own(&self, number: usize) -> String {
        format!("127.0.0.{}:{}", number + 2, self.port)
    }

    fn server(&self, number: usize, state: Arc<TempDir>) -> Server {
        let (shared, own) = (self.shared(), self.own(number));
        let arguments = [
            format!("--port={}", self.servers[number]),
            format!("--hall=http://{shared}"),
            format!("--url=http://{own}"),
            format!("--code={CODE}"),
        ];
        let arguments = arguments.each_ref().map(|it| &**it);
        Server::workshop_with(&arguments, state)
    }

    fn proxy(&self) -> Proxy {
        let bind = [self.shared(), self.own(0), self.own(1)].join(",");
        let mut haproxy = Command::new(program());
        haproxy
            .args(["-q", "-db", "-f", CONFIGURATION])
            .env("BIND", bind);
        for number in [0, 1] {
            let server = format!("127.0.0.1:{}", self.servers[number]);
            haproxy.env(format!("SERVER_{number}"), server);
            haproxy.env(format!("HOST_{number}"), self.own(number));
        }
        let haproxy = haproxy
            .spawn()
            .expect("`cargo lab setup --tests` installs haproxy");
        while TcpStream::connect(self.shared()).is_err() {
            sleep(Duration::from_millis(10));
        }
        Proxy(haproxy)
    }
}

/// Debian installs it where only root's PATH looks.
fn program() -> &'static str {
    let program = "/usr/sbin/haproxy";
    if Path::new(program).exists() {
        program
    } else {
        "haproxy"
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A browser that follows redirects and keeps cookies.
struct Visitor {
    client: Client,
    /// Sends a form. A request after a redirect has no `Origin`, as from a browser.
    form: Client,
    jar: Arc<Jar>,
}

impl Visitor {
    fn new() -> Self {
        let jar = Arc::new(Jar::default());
        let client = || Client::builder().cookie_provider(Arc::clone(&jar));
        Visitor {
            client: client().build().unwrap(),
            form: client().redirect(Policy::none()).build().unwrap(),
            jar,
        }
    }

    /// Follows a link, and returns the final response.
    async fn follow(&self, link: &str) -> Response {
        let answer = self.client.get(link).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.url());
        answer
    }

    /// Joins at the shared address, and returns the host to which that leads.
    async fn join(&self, hall: &Hall, name: &str) -> String {
        let (link, shared) = (link(hall), hall.shared());
        assert_eq!(self.follow(&link).await.url().as_str(), link);
        let request = self.form.post(link).form(&[("name", name)]);
        let request = request.header(ORIGIN, format!("http://{shared}"));
        let answer = request.send().await.unwrap();
        let home = answer.headers()[LOCATION].to_str().unwrap();
        host(&self.follow(home).await)
    }

    /// Returns the same browser for requests to one server.
    fn at<'a>(&self, server: &'a Server) -> Browser<'a> {
        let url: Url = format!("http://{}", server.host).parse().unwrap();
        let cookie = self.jar.cookies(&url);
        server.browser_with(cookie.map(|it| it.to_str().unwrap().to_owned()))
    }
}

fn link(hall: &Hall) -> String {
    format!("http://{}/join?code={CODE}", hall.shared())
}

/// Returns the host of a page, which must be the book's first.
fn host(page: &Response) -> String {
    assert_eq!((page.url().path(), page.url().query()), ("/", None));
    page.url().authority().to_owned()
}

#[tokio::test]
async fn a_seat_comes_back_to_its_own_server() {
    let hall = Hall::new();
    let folder = || Arc::new(tempfile::tempdir().unwrap());
    let servers = [0, 1].map(|number| hall.server(number, folder()));
    let _proxy = hall.proxy();
    for server in &servers {
        let invitation = server.owner().await.json("/live/invitation").await;
        assert_eq!(invitation["link"], link(&hall));
    }

    // Until both servers have two seats.
    let mut seats: Vec<(Visitor, String, String)> = Vec::new();
    while servers
        .iter()
        .any(|server| seats.iter().filter(|it| it.1 == server.host).count() < 2)
    {
        let (visitor, name) = (Visitor::new(), format!("Seat {}", seats.len()));
        let home = visitor.join(&hall, &name).await;
        let server = servers.iter().find(|it| it.host == home).unwrap();
        let text = format!("// {name}'s.\n");
        let changed = visitor.at(server).change(FILE, text).await;
        assert_eq!(changed, StatusCode::NO_CONTENT);
        seats.push((visitor, home, name));
        assert!(seats.len() < 50, "all are at one server");
    }

    let states = servers.map(Server::stop);
    let mut states = states.into_iter();
    let servers = [0, 1].map(|number| hall.server(number, states.next().unwrap()));
    for (visitor, home, name) in &seats {
        let page = visitor.follow(&link(&hall)).await;
        assert_eq!(host(&page), *home, "{name}");
        let server = servers.iter().find(|it| it.host == *home).unwrap();
        let browser = visitor.at(server);
        assert_eq!(browser.file(FILE).await["text"], format!("// {name}'s.\n"));
        let messages = browser
            .run(json!({ "recording": "2-version/kvm.txt" }))
            .await;
        assert_eq!(told(&messages, "ended", "same"), [true], "{messages:?}");
    }
    let mut known: Vec<Value> = Vec::new();
    for server in &servers {
        let seats = server.owner().await.json("/live/seats").await;
        known.extend(
            seats
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["name"].clone()),
        );
    }
    assert_eq!(known.len(), seats.len(), "{known:?}");
}

/// A proxy closes a connection that is idle for a minute.
#[tokio::test]
async fn a_page_on_which_nothing_happens_hears_from_the_server() {
    let server = Server::start();
    let mut socket = server.owner().await.open("/live/reload").await;
    for _ in 0..2 {
        let heard = timeout(Duration::from_secs(30), socket.0.next()).await;
        let heard = heard.expect("nothing is said").unwrap().unwrap();
        assert!(heard.is_ping(), "{heard}");
    }
}
