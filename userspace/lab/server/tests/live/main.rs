// SPDX-License-Identifier: MIT OR Apache-2.0

//! The server as a browser meets it: over HTTP and WebSocket, with real guests.
//!
//! - `server.rs`, `socket.rs`: a server for one test, requests to it, and what it tells a page;
//! - `access.rs`: who is served, and who is not;
//! - `book.rs`: the pages, and what is in them for the tools;
//! - `files.rs`, `build.rs`: what a seat changes, and what is built of it;
//! - `exercises.rs`: the exercises;
//! - `run.rs`: what the book shows, run in a guest;
//! - `terminal.rs`: a shell in a guest;
//! - `workshop.rs`: a room, its seats and its teacher.

mod access;
mod book;
mod build;
mod exercises;
mod files;
mod run;
mod server;
mod socket;
mod terminal;
mod workshop;
