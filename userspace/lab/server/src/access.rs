// SPDX-License-Identifier: MIT OR Apache-2.0

//! Who may ask. Whoever may can run code in a guest, so other pages of the same browser must not.
//!
//! - `Host`: a page whose own name leads here after it was loaded (DNS rebinding) names itself in it.
//! - `Origin`: any other page names itself in it, where it opens a WebSocket or changes something.
//! - A cookie: what is not the book asks for it. The link that was printed sets it.

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

use crate::live::Live;
use crate::refusal::Refusal;
use crate::seats::Seat;

/// What the link has in front of its secret.
const TOKEN: &str = "token=";

/// Where the server is, as far as a browser knows.
pub struct Access {
    address: SocketAddr,
    /// By which browsers know the machine.
    names: Vec<String>,
}

impl Access {
    /// Of a server that listens there.
    pub fn new(address: SocketAddr, names: Vec<String>) -> Self {
        Access { address, names }
    }

    /// What the addresses of its pages begin with.
    pub fn origin(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(outward().unwrap_or(Ipv4Addr::LOCALHOST.into()));
        }
        format!("http://{address}")
    }

    /// Browsers keep cookies apart by host, not by port.
    fn cookie_name(&self) -> String {
        format!("hiboma-{}", self.address.port())
    }

    /// Whether a browser that asks here can have meant this server. A name could be anybody's; a number
    /// is nobody's but the machine's.
    fn is_here(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.parse::<u16>().is_ok() => name,
            _ => host,
        };
        let number = name.trim_start_matches('[').trim_end_matches(']');
        match number.parse::<IpAddr>() {
            Ok(number) => number.is_loopback() || !self.address.ip().is_loopback(),
            Err(_) => name == "localhost" || self.names.iter().any(|it| it == name),
        }
    }

    /// Refuses what another page could have sent.
    fn check(&self, method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
        let text = |name| headers.get(name).map(|it| it.to_str().unwrap_or_default());
        let host = text(HOST).unwrap_or_default();
        if !self.is_here(host) {
            let line = format!("This server is not {host}: use the link that it printed.");
            return Err(Refusal::new(StatusCode::MISDIRECTED_REQUEST, line));
        }
        let is_own = |origin: &str| origin.split_once("://").is_some_and(|it| it.1 == host);
        let needs_origin = !method.is_safe() || headers.contains_key(UPGRADE);
        match text(ORIGIN) {
            Some(origin) if is_own(origin) => Ok(()),
            None if !needs_origin => Ok(()),
            _ => Err(Refusal::new(
                StatusCode::FORBIDDEN,
                "Only the book's own pages may ask for this.",
            )),
        }
    }
}

/// The address by which others of the same network reach this machine.
fn outward() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // Nothing is sent: the kernel only looks up the way. The address is one of those for documentation.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Refuses to be reached from elsewhere where what is built for others cannot be kept from this machine's files.
pub fn check_reach(address: SocketAddr, has_landlock: bool) -> Result<()> {
    ensure!(
        address.ip().is_loopback() || has_landlock,
        "this kernel has no Landlock, so others could read this machine's files: serve at 127.0.0.1"
    );
    Ok(())
}

/// Passes on what may come from the book's own pages, and takes the secret out of a link.
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

/// Passes on what comes from a seat, and says which.
pub async fn seated(
    State(live): State<Arc<Live>>,
    jar: CookieJar,
    mut request: Request,
    next: Next,
) -> Response {
    let cookie = jar.get(&live.access.cookie_name());
    let Some(seat) = cookie.and_then(|cookie| live.seats.with_secret(cookie.value())) else {
        return no_seat().into_response();
    };
    seat.progress.see();
    request.extensions_mut().insert(seat);
    next.run(request).await
}

/// What the browser of a seat keeps, for a course and longer.
pub fn seat_cookie(live: &Live, seat: &Seat) -> Cookie<'static> {
    Cookie::build((live.access.cookie_name(), seat.secret().tell().to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .permanent()
        .build()
}

fn no_seat() -> Refusal {
    let line = "This browser has no seat here: open the link that `cargo lab serve` printed.";
    Refusal::new(StatusCode::FORBIDDEN, line)
}

/// The token of an address, and the address without it.
fn without_token(uri: &Uri) -> Option<(String, String)> {
    let parts = uri.query()?.split('&');
    let (tokens, rest): (Vec<_>, Vec<_>) = parts.partition(|part| part.starts_with(TOKEN));
    let token = tokens.first()?.strip_prefix(TOKEN)?.to_owned();
    // Two slashes would make a host of what follows.
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    let rest = match rest.is_empty() {
        true => path,
        false => format!("{path}?{}", rest.join("&")),
    };
    Some((token, rest))
}

#[cfg(test)]
mod tests {
    use super::{Access, check_reach, without_token};

    #[test]
    fn without_landlock_nobody_else_is_served() {
        let (here, everywhere) = ("127.0.0.1:3000", "0.0.0.0:3000");
        for (address, has_landlock, is_served) in [
            (here, false, true),
            (everywhere, true, true),
            (everywhere, false, false),
        ] {
            let served = check_reach(address.parse().unwrap(), has_landlock);
            assert_eq!(served.is_ok(), is_served, "{address} {has_landlock}");
        }
    }

    #[test]
    fn only_the_machine_s_own_names_lead_here() {
        let here = Access::new("127.0.0.1:3000".parse().unwrap(), Vec::new());
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
        let everywhere = Access::new("0.0.0.0:3000".parse().unwrap(), vec!["room.example".into()]);
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
