// SPDX-License-Identifier: MIT OR Apache-2.0

//! The languages of the book.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;

/// A reader's language.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Language {
    /// The book's original language.
    English,
    /// The translation in `book/po/ja.po`.
    Japanese,
}

impl Language {
    /// All languages.
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];

    /// Returns the tag for HTTP and HTML.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Japanese => "ja",
        }
    }

    /// Returns its name in the language itself.
    pub fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::Japanese => "日本語",
        }
    }

    /// Returns the folder of its pages, among all pages.
    pub fn folder(self) -> &'static str {
        match self {
            Language::English => "",
            Language::Japanese => "ja/",
        }
    }

    /// Returns the language that a page links to.
    pub fn other(self) -> Self {
        match self {
            Language::English => Language::Japanese,
            Language::Japanese => Language::English,
        }
    }
}

/// The language of a page is that of its request's query, which a WebSocket needs, or else its header.
/// For the link of a workshop the header says whether the browser prefers Japanese.
impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let mut query = parts.uri.query().unwrap_or_default().split('&');
        let asked = query.find_map(|it| it.strip_prefix("language="));
        let accepted = parts.headers.get(ACCEPT_LANGUAGE);
        let accepted = accepted.and_then(|it| it.to_str().ok()).unwrap_or_default();
        let preferred = asked.unwrap_or(accepted.trim_start());
        Ok(match preferred.starts_with(Language::Japanese.tag()) {
            true => Language::Japanese,
            false => Language::English,
        })
    }
}
