// SPDX-License-Identifier: MIT OR Apache-2.0

//! Information for the page about a block, for which mdBook has no place: its file and the file's kind.
//!
//! It is in a comment in front of the block. An element would disturb the book's
//! style sheets and slides, which look at the block next to a listing's name.

use std::collections::BTreeMap;

use anyhow::Result;
use lab::comparisons::{recordings, watched};
use serde::Serialize;

/// The beginning of a fence, and of an include.
const FENCE: &str = "```";
const INCLUDE: &str = "{{#include ../../";

/// The folders of listings that a reader may edit, and the module
/// that each is built into, if there is one. The first match counts.
const LISTINGS: [(&str, Option<&str>); 8] = [
    ("module/hiboma_tiny.rs", Some("hiboma_tiny.ko")),
    ("module/samples/anon_inode/", Some("anon_inode_sample.ko")),
    ("module/", Some("hiboma.ko")),
    ("comparisons/c/hiboma.", Some("hiboma_c.ko")),
    (
        "comparisons/c/anon_inode_sample.",
        Some("anon_inode_sample_c.ko"),
    ),
    ("comparisons/c/", None),
    ("userspace/pairs/", None),
    ("userspace/exercises/", None),
];

/// Recognizes the files that the book shows, by kind.
pub struct Markers {
    /// The recorded runs, by their files.
    kept: BTreeMap<String, Marker>,
}

/// The information about a block.
#[derive(Clone, Serialize)]
struct Marker {
    kind: &'static str,
    /// The path in the checkout.
    file: String,
    /// The module to load for the command, or the one that the listing belongs to.
    module: Option<String>,
    command: Option<String>,
}

impl Markers {
    /// Returns the markers, from the lists in `comparisons/`.
    pub fn new() -> Result<Self> {
        let recordings = recordings::all()?.into_iter();
        let recordings = recordings.map(|it| ("recording", it.file, Some(it.module), it.command));
        let graphs = watched::all()?.into_iter();
        let graphs = graphs.map(|it| ("graph", it.file, None, it.command));
        let kept = recordings
            .chain(graphs)
            .map(|(kind, file, module, command)| {
                let file = format!("comparisons/{file}");
                let marker = Marker {
                    kind,
                    file: file.clone(),
                    module,
                    command: Some(command),
                };
                (file, marker)
            });
        Ok(Markers {
            kept: kept.collect(),
        })
    }

    /// Returns the chapter with a marker before each block that is only a file of one of the kinds.
    pub fn mark(&self, chapter: &str) -> String {
        let lines: Vec<&str> = chapter.lines().collect();
        let mut marked = String::with_capacity(chapter.len());
        for (at, line) in lines.iter().enumerate() {
            if let [fence, include, end, ..] = lines[at..]
                && fence.starts_with(FENCE)
                && end.trim_end() == FENCE
                && let Some(marker) = self.marker(include)
            {
                marked += &marker;
                marked += "\n";
            }
            marked += line;
            marked += "\n";
        }
        marked
    }

    fn marker(&self, include: &str) -> Option<String> {
        let included = include.strip_prefix(INCLUDE)?.strip_suffix("}}")?;
        let file = included.split(':').next()?;
        let marker = self.kept.get(file).cloned().or_else(|| listing(file))?;
        let json = serde_json::to_string(&marker).ok()?;
        // Nothing in the marker may end the comment.
        Some(format!("<!-- live {} -->", json.replace('>', "\\u003e")))
    }
}

fn listing(file: &str) -> Option<Marker> {
    let (_, module) = LISTINGS.iter().find(|(start, _)| file.starts_with(start))?;
    Some(Marker {
        kind: "listing",
        file: file.to_owned(),
        module: module.map(str::to_owned),
        command: None,
    })
}

#[cfg(test)]
mod tests {
    use super::Markers;

    #[test]
    fn each_block_is_marked_by_what_it_shows() {
        let markers = Markers::new().unwrap();
        for (include, told) in [
            (
                "comparisons/3-descriptor/kvm.txt",
                r#"{"kind":"recording","file":"comparisons/3-descriptor/kvm.txt","module":"hiboma.ko","command":"3-descriptor-kvm"}"#,
            ),
            (
                "comparisons/graphs/open-kvm.txt",
                r#"{"kind":"graph","file":"comparisons/graphs/open-kvm.txt","module":null,"command":"cargo lab trace --only misc_open -- calls 'open /dev/kvm'"}"#,
            ),
            (
                "module/hiboma_tiny.rs:getfd",
                r#"{"kind":"listing","file":"module/hiboma_tiny.rs","module":"hiboma_tiny.ko","command":null}"#,
            ),
        ] {
            let block = format!("```c\n{{{{#include ../../{include}}}}}\n```\n");
            let marked = markers.mark(&format!("Text.\n\n{block}"));
            assert_eq!(marked, format!("Text.\n\n<!-- live {told} -->\n{block}"));
        }
    }

    #[test]
    fn no_command_ends_its_marker() {
        let block =
            "```console\n{{#include ../../comparisons/book/misc-request-module.txt}}\n```\n";
        let marked = Markers::new().unwrap().mark(block);
        assert_eq!(marked.matches('>').count(), 1, "{marked}");
    }

    #[test]
    fn what_cannot_be_run_stays_as_it_is() {
        let markers = Markers::new().unwrap();
        for chapter in [
            "```c\n{{#include ../../userspace/hiboma/src/lib.rs}}\n```\n",
            "```c\nint a;\n```\n",
            "{{#include ../../module/vm.rs}}\n",
            "```c\n{{#include ../../module/vm.rs:a}}\n{{#include ../../module/vm.rs:b}}\n```\n",
        ] {
            assert_eq!(markers.mark(chapter), chapter);
        }
    }
}
