// SPDX-License-Identifier: MIT OR Apache-2.0

//! The languages that the book is in.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;

/// What a reader reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Language {
    /// What the book is written in.
    English,
    /// `book/po/ja.po`.
    Japanese,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];

    /// As in HTTP and HTML.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Japanese => "ja",
        }
    }

    /// As its readers call it.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Japanese => "日本語",
        }
    }

    /// Where its pages are, among all that are served.
    pub fn folder(self) -> &'static str {
        match self {
            Language::English => "",
            Language::Japanese => "ja/",
        }
    }

    /// The one that a page has a link to.
    pub fn other(self) -> Self {
        match self {
            Language::English => Language::Japanese,
            Language::Japanese => Language::English,
        }
    }
}

/// The first language that a browser accepts, if it is Japanese. A page of the book asks for its own.
impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let accepted = parts.headers.get(ACCEPT_LANGUAGE);
        let accepted = accepted.and_then(|it| it.to_str().ok()).unwrap_or_default();
        let is_japanese = accepted.trim_start().starts_with(Language::Japanese.tag());
        Ok(match is_japanese {
            true => Language::Japanese,
            false => Language::English,
        })
    }
}
