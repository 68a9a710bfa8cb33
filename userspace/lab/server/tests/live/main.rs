// SPDX-License-Identifier: MIT OR Apache-2.0

//! The server as a browser meets it: over HTTP and WebSocket, with real guests.
//!
//! - `server.rs`, `socket.rs`: a server for one test, requests to it, and what it tells a page;
//! - `access.rs`: who is served, and who is not;
//! - `book.rs`: the pages, and what is in them for the tools;
//! - `files.rs`, `build.rs`: what a seat changes, and what is built of it;
//! - `exercises.rs`: the exercises;
//! - `full_disk.rs`: a disk on which there is no room;
//! - `hall.rs`: several servers behind a proxy;
//! - `language.rs`: the language that a browser asks for;
//! - `run.rs`: what the book shows, run in a guest;
//! - `watched.rs`: the same, traced and followed in gdb;
//! - `sandbox.rs`: what a compiler cannot do, whatever the kernel grants;
//! - `state.rs`: the folder that a server has for itself;
//! - `terminal.rs`: a shell in a guest;
//! - `workshop.rs`: a room, its seats and its teacher.

mod access;
mod book;
mod browser;
mod build;
mod exercises;
mod files;
mod full_disk;
mod hall;
mod language;
mod run;
mod sandbox;
mod server;
mod socket;
mod state;
mod terminal;
mod watched;
mod workshop;
