// SPDX-License-Identifier: MIT OR Apache-2.0

//! The first lines of a terminal: what there is in the guest.

use lab::image::{Content, Image};
use lab::text::wrapped;

use crate::files::File;

/// Where programs and modules are in a guest.
const PROGRAMS: &str = "/bin/";
const MODULES: &str = "/lib/modules/";

/// No terminal that is read is narrower.
const NARROWEST: u16 = 20;

/// The shell's tools, which everybody knows.
const TOOLS: &str = "busybox";

/// The lines, for a terminal as wide as this.
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

/// The files of a folder of the guest that are no links, by their names.
fn named<'a>(image: &'a Image, folder: &str) -> Vec<&'a str> {
    let files = image.files.iter();
    let own = files.filter(|it| matches!(it.content, Content::HostFile(_)));
    let mut names: Vec<_> = own.filter_map(|it| it.path.strip_prefix(folder)).collect();
    names.retain(|name| *name != TOOLS);
    names.sort_by_key(|name| {
        // By the number of the step.
        let step = name.split('-').next().and_then(|it| it.parse::<u32>().ok());
        (step.unwrap_or_default(), *name)
    });
    names
}
