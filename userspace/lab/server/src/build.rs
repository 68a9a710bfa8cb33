// SPDX-License-Identifier: MIT OR Apache-2.0

//! Building a seat's changes: from a copy of the folders,
//! with the seat's files in place of the checkout's.
//!
//! | file | content |
//! | --- | --- |
//! | `target.rs` | the targets and their source files; `variant.rs`: the variants of a build |
//! | `tree.rs` | the copy |
//! | `module.rs`, `program.rs`, `client.rs` | the build of each kind of target |
//! | `exercise.rs` | the build of an exercise |
//! | `diagnostics.rs`, `names.rs` | the compiler's messages, and the names of files in them |

mod client;
mod diagnostics;
pub mod exercise;
mod module;
mod names;
mod program;
mod target;
mod tree;
mod variant;

use std::fs;
use std::io::{Error, ErrorKind};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lab::build::{Kernel, Libraries, Toolchain};
use lab::cache;
use lab::image::{Content, GuestFile};

use crate::events::Event;
use crate::files;
use crate::live::Live;
use crate::page::Page;
use crate::sandbox::{Finished, Sandbox};
use crate::seats::Seat;
use crate::sentence::sentence;

pub use diagnostics::Diagnostic;
pub use names::Names;
use target::{Kind, Target};
pub use variant::Variant;

/// The time limit of a compiler.
const LIMIT: Duration = Duration::from_secs(120);

/// The folder of the Rust modules.
const RUST: &str = "module";

/// The parts of a build that all seats share.
pub struct Workshop {
    /// The kernel that modules are built for.
    pub kernel: Kernel,
    /// The toolchain that builds them.
    pub toolchain: Toolchain,
    /// The libraries that programs are linked with.
    pub libraries: Libraries,
}

/// Additional parts for exercises.
pub struct Grading {
    /// The libraries that programs are linked with.
    pub libraries: Libraries,
    /// The program that checks them in a guest.
    pub checks: PathBuf,
}

/// The message of a compiler if the disk is full.
const FULL: &str = "No space left on device";

/// A build for one seat.
struct Build<'a> {
    workshop: &'a Workshop,
    /// The copy of the sources.
    source: PathBuf,
    /// The folder of the results.
    output: PathBuf,
    variant: Variant,
    names: Names,
    page: &'a Page,
}

/// Builds the targets with a seat's changes that the words of a command name, or all without
/// a command. Sends the page the compiler's messages, and the changed files in the result.
/// Returns the files for a guest, or nothing if a target does not compile or the page leaves.
pub fn build(
    live: &Live,
    seat: &Seat,
    command: Option<&str>,
    variant: Variant,
    page: &Page,
) -> Result<Option<Vec<GuestFile>>> {
    let mut changed = files::changed(seat)?;
    let mut targets = Target::all()?;
    targets.retain(|target| {
        let is_named = command.is_none_or(|command| target.is_named_in(command));
        is_named && changed.iter().any(|file| target.is_made_of(file.path()))
    });
    if targets.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let workshop = live.images.workshop()?;
    // One at a time, because builds of one seat share a folder.
    let Some(_building) = seat.building.wait(&seat.id, page)? else {
        return Ok(None);
    };
    let build = Build::new(seat, &workshop, variant, page)?;
    tree::copy(&build.source, &changed, &[])?;
    let mut made = Vec::new();
    for target in &targets {
        let Some(_turn) = live.builds.wait(&seat.id, page)? else {
            return Ok(None);
        };
        let Some(file) = build.make(target)? else {
            return Ok(None);
        };
        made.push(file);
    }
    changed.retain(|file| targets.iter().any(|it| build.has_used(it, file.path())));
    let files: Vec<_> = changed.iter().map(|file| file.path().to_owned()).collect();
    if !files.is_empty() {
        page.tell(Event::Changes { files })?;
    }
    Ok(Some(made))
}

/// Returns the sources of a seat's modules and programs.
pub fn sources(seat: &Seat) -> PathBuf {
    let source = seat.build().join("source");
    source.canonicalize().unwrap_or(source)
}

impl<'a> Build<'a> {
    fn new(seat: &Seat, workshop: &'a Workshop, variant: Variant, page: &'a Page) -> Result<Self> {
        let folder = seat.build();
        let (source, output) = (folder.join("source"), folder.join("output"));
        let output = output.join(variant.folder());
        for folder in [&source, &output] {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        Ok(Build {
            workshop,
            source: source.canonicalize()?,
            output: output.canonicalize()?,
            variant,
            names: Names::of(seat),
            page,
        })
    }

    /// Builds a target, unless it is up to date. Returns nothing if it does not compile.
    fn make(&self, target: &Target) -> Result<Option<GuestFile>> {
        let stamp = self.output.join(format!("{}.stamp", target.name));
        let key = self.key(target)?;
        let path = self.path(target);
        let is_made = fs::read_to_string(&stamp).is_ok_and(|it| it == key) && path.exists();
        if is_made {
            return Ok(Some(self.guest_file(target, path)?));
        }
        let finished = || match &target.kind {
            Kind::Module { folder, target } => self.module(folder, target),
            Kind::Program { main } => self.program(&target.name, main),
            Kind::Client { source } => self.client(&target.name, source),
        };
        if !self.told(&target.name, finished)? {
            return Ok(None);
        }
        fs::write(&stamp, key)?;
        Ok(Some(self.guest_file(target, path)?))
    }

    /// Tells the page about a build and the compiler's messages. Returns whether it succeeded.
    fn told(&self, what: &str, build: impl FnOnce() -> Result<Finished>) -> Result<bool> {
        let what = what.to_owned();
        self.page.tell(Event::Building { what })?;
        let finished = build()?;
        if !finished.success && finished.lines.iter().any(|line| line.contains(FULL)) {
            // A build must not continue from half-written files.
            fs::remove_dir_all(&self.output)?;
            return Err(Error::from(ErrorKind::StorageFull).into());
        }
        let mut items = diagnostics::all(&finished.lines, &self.names);
        // A busy compiler repeats this message.
        items.dedup();
        let is_told = items.iter().any(Diagnostic::is_error);
        if !items.is_empty() {
            self.page.tell(Event::Diagnostics { items })?;
        }
        ensure!(
            finished.success || is_told,
            sentence!("it does not compile: {0}", last(&finished.lines))
        );
        Ok(finished.success)
    }

    /// Returns a key for all inputs of a target.
    fn key(&self, target: &Target) -> Result<String> {
        let mut parts = vec![
            self.workshop.kernel.key.clone(),
            self.workshop.toolchain.id.clone(),
        ];
        for path in tree::files(&self.source.join(target.folder()))? {
            parts.push(path.display().to_string());
            parts.push(fs::read_to_string(&path)?);
        }
        let libraries = self.workshop.libraries.by_name.values();
        parts.extend(libraries.map(|it| it.display().to_string()));
        Ok(cache::key(parts.iter().map(String::as_str)))
    }

    /// Returns whether a built target contains this file. Kbuild records that for a module.
    fn has_used(&self, target: &Target, path: &str) -> bool {
        let Kind::Module { .. } = &target.kind else {
            return target.is_made_of(path);
        };
        let module = self.path(target);
        let source = self.source.join(path).display().to_string();
        let objects = fs::read_to_string(module.with_extension("mod")).unwrap_or_default();
        objects.split_whitespace().any(|object| {
            let name = object.rsplit('/').next().unwrap_or(object);
            let notes = fs::read_to_string(module.with_file_name(format!(".{name}.cmd")));
            notes.is_ok_and(|notes| notes.split_whitespace().any(|word| word == source))
        })
    }

    fn path(&self, target: &Target) -> PathBuf {
        match &target.kind {
            Kind::Module { folder, target } => self.output.join(folder).join(target),
            _ => self.output.join(&target.name),
        }
    }

    fn guest_file(&self, target: &Target, path: PathBuf) -> Result<GuestFile> {
        let path = match &target.kind {
            // C modules are traceable without changes.
            Kind::Module { folder, target }
                if self.variant == Variant::Traceable && folder == RUST =>
            {
                lab::build::traced(&self.output.join(folder), target)?
            }
            _ => path,
        };
        Ok(GuestFile {
            path: target.guest_path(),
            content: Content::HostFile(path),
        })
    }

    /// Returns a sandbox that can read the sources and write the results.
    fn sandbox(&self, reads: Vec<PathBuf>) -> Sandbox {
        let own = [self.source.clone()].into_iter();
        Sandbox {
            reads: own.chain(reads).collect(),
            writes: self.output.clone(),
            what: sentence!("the build"),
            limit: LIMIT,
        }
    }
}

/// Returns the last message of a build that has no message with a place in a file.
fn last(lines: &[String]) -> &str {
    let mut lines = lines.iter().rev().map(|line| line.trim());
    lines
        .find(|line| !line.is_empty() && !line.starts_with("make"))
        .unwrap_or("the compiler says nothing")
}
