// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of the book.
//!
//! # Layout
//!
//! - `source.rs`: the chapters as they were written, with their listings;
//! - `skeleton.rs`: every chapter has the same parts;
//! - `listings.rs`: the book shows what was compiled and recorded, and nothing that was typed;
//! - `anchors.rs`: each anchor in the code is one that a chapter includes;
//! - `exercises.rs`: each exercise is in its chapter, and all are in a table;
//! - `built.rs`: the book as mdbook builds it;
//! - `pages.rs`: its pages;
//! - `catalog.rs`: the Japanese edition says all that the English one says, in its own words;
//! - `editions.rs`: both editions have the same places, links and code;
//! - `bundle.rs`: what the live book loads is what its sources give, and small;
//! - `links.rs`: what the pages refer to is there;
//! - `glossary.rs`: each word of the glossary is one that the book uses;
//! - `prose.rs`: the text of a chapter without its code;
//! - `words.rs`: chapters and exercises use the glossary's words, and none that it lists as not ours;
//! - `reading_path.rs`: the README says how much of the module there is to read;
//! - `minutes.rs`: the teacher's timetables add up, and agree with the chapters;
//! - `commands.rs`: the commands that the teacher's guide names are run;
//! - `sources.rs`: the links to sources lead to the lab's kernel, and to files that are there.

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
