// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the book.
//!
//! # Layout
//!
//! - `source.rs`: the chapters as they were written, with their listings;
//! - `skeleton.rs`: every chapter has the same parts;
//! - `listings.rs`: the book shows only compiled code and recorded output;
//! - `anchors.rs`: a chapter includes each anchor in the code;
//! - `exercises.rs`: each exercise is in its chapter, and all are in a table;
//! - `built.rs`: the book as mdbook builds it;
//! - `pages.rs`: its pages;
//! - `catalog.rs`: the Japanese edition translates everything of the English one;
//! - `editions.rs`: both editions have the same ids, links and code;
//! - `bundle.rs`: the live book's bundle matches its sources, and is small;
//! - `links.rs`: the targets of links exist;
//! - `glossary.rs`: the book uses each word of the glossary;
//! - `prose.rs`: the text of a chapter without its code;
//! - `words.rs`: chapters and exercises use the glossary's words, and none that it rejects;
//! - `reading_path.rs`: the README says how much of the module there is to read;
//! - `minutes.rs`: the teacher's timetables add up, and agree with the chapters;
//! - `commands.rs`: the commands that the teacher's guide names are run;
//! - `sources.rs`: the links to sources point to the lab's kernel, and to existing files.

mod anchors;
mod built;
mod bundle;
mod catalog;
mod commands;
mod editions;
mod exercises;
mod glossary;
mod links;
mod listings;
mod minutes;
mod pages;
mod prose;
mod reading_path;
mod skeleton;
mod source;
mod sources;
mod words;
