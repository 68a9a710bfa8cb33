// SPDX-License-Identifier: MIT OR Apache-2.0

//! The server as a browser sees it: over HTTP and WebSocket, with real guests.
//!
//! - `server.rs`, `socket.rs`: a server for one test, requests to it, and its messages to a page;
//! - `access.rs`: which requests are served, and which are refused;
//! - `book.rs`: the pages, and their additions for the tools;
//! - `files.rs`, `build.rs`: a seat's changes, and building them;
//! - `exercises.rs`: the exercises;
//! - `full_disk.rs`: a full disk;
//! - `hall.rs`: several servers behind a proxy;
//! - `language.rs`: the language that a browser asks for;
//! - `run.rs`: running the book's recordings in a guest;
//! - `watched.rs`: the same, traced and debugged in gdb;
//! - `sandbox.rs`: the sandbox of a compiler, with any kernel;
//! - `state.rs`: the folder that a server locks;
//! - `terminal.rs`: a shell in a guest;
//! - `workshop.rs`: a workshop, its seats and its teacher.

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
