// SPDX-License-Identifier: MIT OR Apache-2.0

//! Access control. A client can run code in a guest, so other pages of the same browser must not.
//!
//! - `Host`: a page whose name resolves to this server once loaded (DNS rebinding) sends that name.
//! - `Origin`: any other page sends its own origin when it opens a WebSocket or changes something.
//! - A cookie: everything except the book requires it. The printed link sets it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::Arc;

use anyhow::{Result, ensure};
use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN, UPGRADE};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use lab::ServeArguments;

use crate::live::Live;
use crate::origin::Origin;
use crate::refusal::Refusal;
use crate::seats::Seat;
use crate::sentence::sentence;

/// The text before the secret in a link.
const TOKEN: &str = "token=";

/// The server's address, as browsers see it.
pub struct Access {
    address: SocketAddr,
    origin: Origin,
    /// Whether the origin was given, for a name or a proxy in front of the server.
    is_given: bool,
    hall: Option<Origin>,
}

impl Access {
    /// Returns the access rules of a server that listens at this address.
    pub fn new(address: SocketAddr, args: &ServeArguments) -> Result<Self> {
        Ok(Access {
            address,
            origin: match &args.url {
                Some(url) => url.parse()?,
                None => format!("http://{}", reached_by(address)).parse()?,
            },
            is_given: args.url.is_some(),
            hall: args.hall.as_ref().map(|url| url.parse()).transpose()?,
        })
    }

    /// Returns the origin of its pages.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Returns the origin that it shares with the other servers of a lecture hall.
    pub fn hall(&self) -> Option<&Origin> {
        self.hall.as_ref()
    }

    /// The name contains the port, because browsers separate cookies by host, not by port.
    fn cookie_name(&self) -> String {
        let port = self.origin.port().unwrap_or(self.address.port());
        format!("hiboma-{port}")
    }

    /// Returns whether a browser that sends this `Host` can have meant this server.
    /// A name could be anyone's, but a numeric address is always this machine's.
    fn is_here(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.parse::<u16>().is_ok() => name,
            _ => host,
        };
        let mut own = [Some(&self.origin), self.hall()].into_iter().flatten();
        if name == "localhost" || own.any(|it| it.host() == name) {
            return true;
        }
        let number = name.trim_start_matches('[').trim_end_matches(']');
        let number = number.parse::<IpAddr>();
        number.is_ok_and(|it| it.is_loopback() || !self.address.ip().is_loopback())
    }

    /// Fails if others can reach the server and builds for them could read this machine's files.
    pub fn check_reach(&self, has_landlock: bool) -> Result<()> {
        let is_reached = !self.address.ip().is_loopback() || self.is_given;
        ensure!(
            !is_reached || has_landlock,
            "this kernel has no Landlock, so others could read this machine's files: serve at 127.0.0.1, without --url"
        );
        Ok(())
    }

    /// Refuses requests that another page could have sent.
    fn check(&self, method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
        let text = |name| headers.get(name).map(|it| it.to_str().unwrap_or_default());
        let host = text(HOST).unwrap_or_default();
        if !self.is_here(host) {
            let why = sentence!(
                "This server is not {0}: use the link that it printed.",
                host
            );
            return Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, why));
        }
        let is_own = |origin: &str| origin.split_once("://").is_some_and(|it| it.1 == host);
        let needs_origin = !method.is_safe() || headers.contains_key(UPGRADE);
        match text(ORIGIN) {
            Some(origin) if is_own(origin) => Ok(()),
            None if !needs_origin => Ok(()),
            _ => Err(Refusal::new(
                StatusCode::FORBIDDEN,
                sentence!("Only the book's own pages may ask for this."),
            )),
        }
    }
}

/// Returns the address by which browsers reach a server that listens at `address`.
fn reached_by(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(outward().unwrap_or(Ipv4Addr::LOCALHOST.into()));
    }
    address
}

/// Returns the address by which other machines of the network reach this machine.
fn outward() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // Nothing is sent: the kernel only looks up the route. The address is reserved for documentation.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Passes on requests from the book's own pages, and turns a link's secret into a cookie.
pub async fn guard(
    State(live): State<Arc<Live>>,
    jar: CookieJar,
    request: Request,
    next: Next,
) -> Response {
    if let Err(refusal) = live.access.check(request.method(), request.headers()) {
        return refusal.into_response();
    }
    let Some((token, rest)) = without_token(request.uri()) else {
        return next.run(request).await;
    };
    match live.seats.with_secret(&token) {
        Some(seat) => {
            let cookie = seat_cookie(&live, &seat);
            (jar.add(cookie), Redirect::to(&rest)).into_response()
        }
        None => no_seat().into_response(),
    }
}

/// Passes on requests that come from a seat, and attaches the seat.
pub async fn seated(
    State(live): State<Arc<Live>>,
    jar: CookieJar,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(seat) = seat_of(&live, &jar) else {
        return no_seat().into_response();
    };
    seat.progress.see();
    request.extensions_mut().insert(seat);
    next.run(request).await
}

/// Returns the seat of a browser, if it has one.
pub fn seat_of(live: &Live, jar: &CookieJar) -> Option<Arc<Seat>> {
    let cookie = jar.get(&live.access.cookie_name())?;
    live.seats.with_secret(cookie.value())
}

/// Returns the cookie for the browser of a seat.
pub fn seat_cookie(live: &Live, seat: &Seat) -> Cookie<'static> {
    let secret = seat.secret().tell().to_owned();
    cookie(live, live.access.cookie_name(), secret)
}

/// Returns a cookie that a browser keeps for a course and longer, and sends only to this server. It is
/// sent when a link in a mail or a chat is followed; what changes something also checks the origin.
pub fn cookie(live: &Live, name: String, value: String) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(live.access.origin().is_secure())
        .same_site(SameSite::Lax)
        .permanent()
        .build()
}

/// Returns a link that gives a browser a seat.
pub fn link(live: &Live, path: &str, seat: &Seat) -> String {
    format!(
        "{}{path}?{TOKEN}{}",
        live.access.origin(),
        seat.secret().tell()
    )
}

fn no_seat() -> Refusal {
    let why =
        sentence!("This browser has no seat here: open the link that `cargo lab serve` printed.");
    Refusal::new(StatusCode::FORBIDDEN, why)
}

/// Returns the token of an address, and the address without it.
fn without_token(uri: &Uri) -> Option<(String, String)> {
    let parts = uri.query()?.split('&');
    let (tokens, rest): (Vec<_>, Vec<_>) = parts.partition(|part| part.starts_with(TOKEN));
    let token = tokens.first()?.strip_prefix(TOKEN)?.to_owned();
    // With two slashes, a browser would take the rest for a host.
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    let rest = match rest.is_empty() {
        true => path,
        false => format!("{path}?{}", rest.join("&")),
    };
    Some((token, rest))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{Access, without_token};
    use crate::CommandLine;

    /// Returns the rules of a server that listens at `address`, with these arguments.
    fn access(address: &str, arguments: &[&str]) -> Access {
        let arguments = ["lab-server"].iter().chain(arguments);
        let args = CommandLine::parse_from(arguments).args;
        Access::new(address.parse().unwrap(), &args).unwrap()
    }

    #[test]
    fn without_landlock_nobody_else_is_served() {
        let (here, everywhere) = ("127.0.0.1:3000", "0.0.0.0:3000");
        let proxy = &["--url", "http://room.example.org"][..];
        for (address, arguments, has_landlock, is_served) in [
            (here, &[][..], false, true),
            (everywhere, &[], true, true),
            (everywhere, &[], false, false),
            (here, proxy, true, true),
            (here, proxy, false, false),
        ] {
            let served = access(address, arguments).check_reach(has_landlock);
            assert_eq!(
                served.is_ok(),
                is_served,
                "{address} {arguments:?} {has_landlock}"
            );
        }
    }

    #[test]
    fn only_the_machine_s_own_names_lead_here() {
        let here = access("127.0.0.1:3000", &[]);
        for host in [
            "127.0.0.1:3000",
            "localhost:3000",
            "[::1]:3000",
            "127.0.0.1",
        ] {
            assert!(here.is_here(host), "{host}");
        }
        for host in [
            "evil.example:3000",
            "192.0.2.7:3000",
            "127.0.0.1.evil.example",
            "",
        ] {
            assert!(!here.is_here(host), "{host}");
        }
        let url = ["--url", "https://room.example"];
        let everywhere = access("0.0.0.0:3000", &url);
        assert!(everywhere.is_here("192.0.2.7:3000"));
        assert!(everywhere.is_here("room.example"));
        assert!(!everywhere.is_here("evil.example:3000"));
    }

    #[test]
    fn the_token_is_taken_out_of_the_address_and_nothing_else() {
        let of = |uri: &str| without_token(&uri.parse().unwrap());
        let told = |rest: &str| Some(("1".to_owned(), rest.to_owned()));
        assert_eq!(of("/a.html?token=1"), told("/a.html"));
        assert_eq!(of("/?a=b&token=1&c"), told("/?a=b&c"));
        assert_eq!(of("//evil.example/?token=1"), told("/evil.example/"));
        assert_eq!(of("/a.html?q=token"), None);
    }
}
