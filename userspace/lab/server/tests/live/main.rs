// SPDX-License-Identifier: MIT OR Apache-2.0

//! The server as a browser meets it: over HTTP and WebSocket, with real guests.
//!
//! - `server.rs`: a server for one test, and requests to it;
//! - `access.rs`: who is served, and who is not;
//! - `book.rs`: the pages, and what is in them for the tools;
//! - `run.rs`: what the book shows, run in a guest.

mod access;
mod book;
mod run;
mod server;
