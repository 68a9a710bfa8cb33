// SPDX-License-Identifier: MIT OR Apache-2.0

//! The first lines of a terminal: the contents of the guest.

use lab::image::{Content, Image};
use lab::text::wrapped;

use crate::files::File;

/// The folders of programs and modules in a guest.
const PROGRAMS: &str = "/bin/";
const MODULES: &str = "/lib/modules/";

/// No readable terminal is narrower.
const NARROWEST: u16 = 20;

/// The shell's tools, which need no mention.
const TOOLS: &str = "busybox";

/// Returns the lines, for a terminal of this width.
pub fn banner(image: &Image, changed: &[File], columns: u16) -> String {
    let (programs, modules) = (named(image, PROGRAMS), named(image, MODULES));
    let mut lines = vec![
        "You are root in a guest, which has /dev/kvm, and /dev/hiboma by hiboma.ko.".to_owned(),
        format!("Programs: {}", programs.join(", ")),
        format!("Modules, in {MODULES}: {}", modules.join(", ")),
    ];
    if !changed.is_empty() {
        let changed: Vec<_> = changed.iter().map(File::path).collect();
        lines.push(format!("With your changes in {}", changed.join(", ")));
    }
    let columns = Some(columns.max(NARROWEST));
    let lines = lines.iter().map(|line| wrapped(line, "  ", columns));
    let text = lines.collect::<Vec<_>>().join("\n") + "\n";
    text.replace('\n', "\r\n")
}

/// Returns the names of the files in a folder of the guest that are no links.
fn named<'a>(image: &'a Image, folder: &str) -> Vec<&'a str> {
    let files = image.files.iter();
    let own = files.filter(|it| matches!(it.content, Content::HostFile(_)));
    let mut names: Vec<_> = own.filter_map(|it| it.path.strip_prefix(folder)).collect();
    names.retain(|name| *name != TOOLS);
    names.sort_by_key(|name| {
        // Sorts by the number of the step.
        let step = name.split('-').next().and_then(|it| it.parse::<u32>().ok());
        (step.unwrap_or_default(), *name)
    });
    names
}
