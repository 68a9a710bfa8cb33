// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the book.
//!
//! # Layout
//!
//! - `source.rs`: the chapters as they were written, with their listings;
//! - `listings.rs`: the book shows what was compiled and recorded, and nothing that was typed;
//! - `built.rs`: the book as mdbook builds it;
//! - `pages.rs`: its pages;
//! - `links.rs`: what the pages refer to is there.

mod built;
mod links;
mod listings;
mod pages;
mod source;
