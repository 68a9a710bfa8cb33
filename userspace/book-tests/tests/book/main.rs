// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the book.
//!
//! # Layout
//!
//! - `source.rs`: the chapters as they were written, with their listings;
//! - `listings.rs`: the book shows what was compiled and recorded, and nothing that was typed;
//! - `exercises.rs`: each exercise is in its chapter, and all are in a table;
//! - `pages.rs`: the book as mdbook builds it;
//! - `links.rs`: what the pages refer to is there.

mod exercises;
mod links;
mod listings;
mod pages;
mod source;
