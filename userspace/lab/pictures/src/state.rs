// SPDX-License-Identifier: MIT OR Apache-2.0

//! The format of a text in `book/pictures/`: everything that is drawn, in order.
//!
//! In a text, backticks mark an identifier, which is shown as code and not translated.

use anyhow::{Context, Result};
use indexmap::IndexMap;
use serde::Deserialize;

/// One state of a few processes, and of the kernel's objects for them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The title of the picture.
    pub title: String,
    /// The description for those who do not see the picture.
    pub alt: String,
    /// The run that had this state.
    pub recorded: Option<Recorded>,
    /// The processes and messages that hold files.
    pub holder: Vec<Holder>,
    /// The open files, by names that only this text uses.
    pub file: IndexMap<String, File>,
    /// The objects that files refer to, by such names too.
    #[serde(default)]
    pub object: IndexMap<String, Object>,
}

/// A point in a recorded run.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// A recording, from `comparisons/`.
    pub file: String,
    /// The beginning of the last line before that point; without it, the point is the end.
    pub after: Option<String>,
}

/// A process, or a message on its way in a socket.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// The text above the rows.
    pub name: String,
    /// Its descriptor table.
    #[serde(default)]
    pub descriptors: Vec<Descriptor>,
    /// Its mappings of files.
    #[serde(default)]
    pub mappings: Vec<Mapping>,
    /// The messages, if it is a socket's queue.
    #[serde(default)]
    pub messages: Vec<Message>,
    /// Whether it is new or gone.
    #[serde(default)]
    pub now: Now,
}

/// A descriptor of a process.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Descriptor {
    /// Its number.
    pub number: u32,
    /// The open file that it refers to.
    pub to: String,
    /// Whether `execve` closes it.
    #[serde(default)]
    pub cloexec: bool,
    /// Whether it is new or gone.
    #[serde(default)]
    pub now: Now,
}

/// A memory mapping of a file in a process.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Its name.
    pub name: String,
    /// The open file that is mapped.
    pub to: String,
    /// Whether it is new or gone.
    #[serde(default)]
    pub now: Now,
}

/// A message that carries a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Its name.
    pub name: String,
    /// The open file that it carries.
    pub to: String,
    /// Whether it is new or gone.
    #[serde(default)]
    pub now: Now,
}

/// An open file, `struct file`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its name in `/proc/PID/fd`.
    pub name: String,
    /// The object that `f_inode` points to.
    pub inode: Option<String>,
    /// The object that `private_data` points to.
    pub private_data: Option<String>,
    /// The module that the file keeps loaded.
    pub owner: Option<String>,
    /// Whether to show the number of references to it.
    #[serde(default)]
    pub count: bool,
    /// Whether it is new or gone.
    #[serde(default)]
    pub now: Now,
}

/// An object that a file or another object refers to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Object {
    /// Its kind, which determines its colour.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Its contents.
    #[serde(default)]
    pub lines: Vec<String>,
    /// The other objects that it refers to.
    #[serde(default)]
    pub refers: Vec<Reference>,
    /// Whether to show the number of references to it.
    #[serde(default)]
    pub count: bool,
    /// Whether it is new or gone.
    #[serde(default)]
    pub now: Now,
}

/// A field that refers to another object.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The field.
    pub by: String,
    /// The object.
    pub to: String,
}

/// The kinds of objects.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// An inode.
    Inode,
    /// A driver's data behind `private_data`.
    Private,
    /// A loaded module.
    Module,
    /// Memory: of a process, or pages that it shares with the kernel.
    Memory,
}

/// The change since the state before.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Default, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Now {
    /// No change.
    #[default]
    Same,
    /// It did not exist before.
    New,
    /// It does not exist any more.
    Gone,
}

impl State {
    /// Reads a text.
    pub fn read(text: &str) -> Result<Self> {
        toml::from_str(text).context("a picture is described as in book/pictures/vm-made.toml")
    }
}
