// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the book as a browser shows it: Chromium or Chrome, without a window.
//!
//! # Layout
//!
//! - `server.rs`: the built book on a port of this machine;
//! - `reader.rs`: a browser that reads it;
//! - `shown.rs`: what each page must be like, on a phone and on a desk, in light and in dark; each is
//!   a script in `scripts/` that runs in the page and lists what is not so;
//! - `pictures.rs`: that no text in a picture leaves its box;
//! - `linked.rs`: that the names of files are links;
//! - `paper.rs`: that the book can be printed as a book, with or without answers, and as task sheets;
//! - `slides.rs`: that each chapter's slides have all that it shows, and fit;
//! - `search.rs`: that each chapter can be found by what is in it;
//! - `plain.rs`: that it can be read without scripts.

#[path = "../book/built.rs"]
mod built;
mod linked;
mod paper;
mod pictures;
mod plain;
mod reader;
mod search;
mod server;
mod shown;
mod slides;
