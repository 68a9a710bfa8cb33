// SPDX-License-Identifier: MIT OR Apache-2.0

//! The origin of a server's pages, as a browser sees it: `https://hall-0.example.org`.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use anyhow::{Context, Error, Result, ensure};
use axum::http::Uri;
use axum::http::uri::Authority;

/// A scheme, a host, and a port unless it is the scheme's default.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    is_secure: bool,
    authority: Authority,
}

impl Origin {
    /// Returns whether the connection is encrypted.
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Returns the host, and the port if there is one, as in a request's `Host`.
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// Returns the host: a name or a number, in brackets for IPv6.
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// Returns the port, unless it is the scheme's default.
    pub fn port(&self) -> Option<u16> {
        self.authority.port_u16()
    }
}

impl FromStr for Origin {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let read = || -> Result<Self> {
            let parts = text.parse::<Uri>()?.into_parts();
            let scheme = parts.scheme.context("it has no scheme")?;
            let authority = parts.authority.context("it has no host")?;
            let path = parts
                .path_and_query
                .map_or(String::new(), |it| it.to_string());
            ensure!(
                ["http", "https"].contains(&scheme.as_str()),
                "it is not of the web"
            );
            ensure!(["", "/"].contains(&&*path), "it has a path");
            ensure!(!authority.as_str().contains('@'), "it has a user");
            Ok(Origin {
                is_secure: scheme.as_str() == "https",
                authority,
            })
        };
        read().with_context(|| {
            format!("{text:?} is not an address: write one such as https://room.example.org")
        })
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        let origin: Origin = "https://hall-0.example.org/".parse().unwrap();
        assert_eq!(
            (origin.is_secure(), origin.host(), origin.port()),
            (true, "hall-0.example.org", None)
        );
        assert_eq!(origin.to_string(), "https://hall-0.example.org");
        let origin: Origin = "http://127.0.0.1:3000".parse().unwrap();
        assert_eq!(
            (origin.authority(), origin.port()),
            ("127.0.0.1:3000", Some(3000))
        );
        for other in [
            "",
            "room.example.org",
            "/join",
            "ftp://a",
            "http://a/b",
            "http://a?b",
            "http://a@b",
            "http://",
        ] {
            assert!(other.parse::<Origin>().is_err(), "{other}");
        }
    }
}
