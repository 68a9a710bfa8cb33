// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the book in a browser: Chromium or Chrome, without a window.
//!
//! # Layout
//!
//! - `server.rs`: the built book on a port of this machine;
//! - `chromium.rs`: a browser with one page; `reader.rs`: a reader who uses it;
//! - `shown.rs`: requirements for each page, on a phone and on a desk, in light and in
//!   dark; each is a script in `scripts/` that runs in the page and lists violations;
//! - `pictures.rs`: no text in a picture leaves its box;
//! - `linked.rs`: file names are links;
//! - `paper.rs`: the book can be printed as a book, with or without answers, and as task sheets;
//! - `slides.rs`: each chapter's slides have everything that it shows, and fit;
//! - `search.rs`: each chapter can be found by words in it;
//! - `plain.rs`: the book can be read without scripts.

#[path = "../book/built.rs"]
mod built;
mod chromium;
mod linked;
mod paper;
mod pictures;
mod plain;
mod reader;
mod search;
mod server;
mod shown;
mod slides;
