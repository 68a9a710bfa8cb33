// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the page must know of a block that mdBook has no place for: which file it is, and of what kind.
//!
//! An empty `<div class="live-block">` in front of the block says it.

use std::collections::BTreeSet;

use anyhow::Result;
use lab::comparisons::{graphs, recordings};

/// What a fence begins with, and what is between an include's braces.
const FENCE: &str = "```";
const INCLUDE: &str = "{{#include ../../";

/// Where listings are that a reader may edit.
const LISTINGS: [&str; 4] = [
    "module/",
    "userspace/pairs/",
    "comparisons/c/",
    "userspace/exercises/",
];

/// Tells the files that the book shows by kind.
pub struct Markers {
    recordings: BTreeSet<String>,
    graphs: BTreeSet<String>,
}

impl Markers {
    /// As the lists in `comparisons/` have them.
    pub fn new() -> Result<Self> {
        let recordings = recordings::all()?.into_iter().map(|it| it.file);
        let graphs = graphs::all()?.into_iter().map(|it| it.file);
        Ok(Markers {
            recordings: recordings.collect(),
            graphs: graphs.collect(),
        })
    }

    /// The chapter with a marker in front of each block whose only content is a file of one of the kinds.
    pub fn mark(&self, chapter: &str) -> String {
        let lines: Vec<&str> = chapter.lines().collect();
        let mut marked = String::with_capacity(chapter.len());
        for (at, line) in lines.iter().enumerate() {
            if let [fence, include, end, ..] = lines[at..]
                && fence.starts_with(FENCE)
                && end.trim_end() == FENCE
                && let Some(marker) = self.marker(include)
            {
                // A block of HTML ends with an empty line.
                marked += &marker;
                marked += "\n\n";
            }
            marked += line;
            marked += "\n";
        }
        marked
    }

    fn marker(&self, include: &str) -> Option<String> {
        let included = include.strip_prefix(INCLUDE)?.strip_suffix("}}")?;
        let (file, anchor) = included.split_once(':').unwrap_or((included, ""));
        let kind = self.kind(file)?;
        Some(format!(
            r#"<div class="live-block" data-file="{file}" data-anchor="{anchor}" data-kind="{kind}"></div>"#
        ))
    }

    fn kind(&self, file: &str) -> Option<&'static str> {
        let kept = file.strip_prefix("comparisons/").unwrap_or_default();
        if self.recordings.contains(kept) {
            return Some("recording");
        }
        if self.graphs.contains(kept) {
            return Some("graph");
        }
        let is_listing = LISTINGS.iter().any(|folder| file.starts_with(folder));
        is_listing.then_some("listing")
    }
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
                r#"data-file="comparisons/3-descriptor/kvm.txt" data-anchor="" data-kind="recording""#,
            ),
            (
                "comparisons/graphs/getfd-tiny.txt",
                r#"data-file="comparisons/graphs/getfd-tiny.txt" data-anchor="" data-kind="graph""#,
            ),
            (
                "module/hiboma_tiny.rs:getfd",
                r#"data-file="module/hiboma_tiny.rs" data-anchor="getfd" data-kind="listing""#,
            ),
        ] {
            let block = format!("```c\n{{{{#include ../../{include}}}}}\n```\n");
            let marked = markers.mark(&format!("Text.\n\n{block}"));
            let marker = format!(r#"<div class="live-block" {told}></div>"#);
            assert_eq!(marked, format!("Text.\n\n{marker}\n\n{block}"));
        }
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
