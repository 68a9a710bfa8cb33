// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a text in `book/pictures/` says: what there is, in the order in which it is drawn.
//!
//! In a text, what is in backticks is an identifier: it is set as one, and is not translated.

use anyhow::{Context, Result};
use indexmap::IndexMap;
use serde::Deserialize;

/// One state of a few processes, and of what the kernel has for them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// What the picture is of.
    pub title: String,
    /// What it shows, for who does not see it.
    pub alt: String,
    /// The run that had this state.
    pub recorded: Option<Recorded>,
    /// Who has descriptors.
    pub holder: Vec<Holder>,
    /// The open files, by names that only this text uses.
    pub file: IndexMap<String, File>,
    /// What files refer to, by such names too.
    #[serde(default)]
    pub object: IndexMap<String, Object>,
}

/// A point in a recorded run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// A recording, from `comparisons/`.
    pub file: String,
    /// How the last line before that point begins; without it, the point is the end.
    pub after: Option<String>,
}

/// A process, or a message on its way in a socket.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// What stands above the rows.
    pub name: String,
    /// Its table of descriptors.
    #[serde(default)]
    pub descriptors: Vec<Descriptor>,
    /// Its mappings of files.
    #[serde(default)]
    pub mappings: Vec<Mapping>,
    /// The messages, if it is a socket's queue.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// Whether it has just come or gone.
    #[serde(default)]
    pub now: Now,
}

/// A number in a process.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Descriptor {
    /// The number itself.
    pub number: u32,
    /// Which open file it leads to.
    pub to: String,
    /// Whether `execve` closes it.
    #[serde(default)]
    pub cloexec: bool,
    /// Whether it has just come or gone.
    #[serde(default)]
    pub now: Now,
}

/// A part of a process's memory that is a file's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What it is called.
    pub name: String,
    /// Which open file it is of.
    pub to: String,
    /// Whether it has just come or gone.
    #[serde(default)]
    pub now: Now,
}

/// A message that has a file with it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// What it is called.
    pub name: String,
    /// Which open file it has.
    pub to: String,
    /// Whether it has just come or gone.
    #[serde(default)]
    pub now: Now,
}

/// An open file, `struct file`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What `/proc/PID/fd` calls it.
    pub name: String,
    /// The object that `f_inode` leads to.
    pub inode: Option<String>,
    /// The object that `private_data` leads to.
    pub private_data: Option<String>,
    /// The module that the file keeps.
    pub owner: Option<String>,
    /// Whether to say how many refer to it.
    #[serde(default)]
    pub count: bool,
    /// Whether it has just come or gone.
    #[serde(default)]
    pub now: Now,
}

/// What a file refers to, or another object does.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// What sort of thing it is; its colour.
    pub kind: Kind,
    /// What it is called.
    pub name: String,
    /// What is in it.
    #[serde(default)]
    pub lines: Vec<String>,
    /// The other objects that it refers to.
    #[serde(default)]
    pub refers: Vec<Reference>,
    /// Whether to say how many refer to it.
    #[serde(default)]
    pub count: bool,
    /// Whether it has just come or gone.
    #[serde(default)]
    pub now: Now,
}

/// A field that leads to another object.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The field.
    pub by: String,
    /// The object.
    pub to: String,
}

/// The sorts of objects.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An inode.
    Inode,
    /// What a driver keeps behind `private_data`.
    Private,
    /// A loaded module.
    Module,
    /// Memory: of a process, or pages that it shares with the kernel.
    Memory,
}

/// What has become of something since the state before.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Default, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Now {
    /// It is as it was.
    #[default]
    Same,
    /// It was not there.
    New,
    /// It was there, and is not any more.
    Gone,
}

impl State {
    /// Reads a text.
    pub fn read(text: &str) -> Result<Self> {
        toml::from_str(text).context("a picture is described as in book/pictures/vm-made.toml")
    }
}
