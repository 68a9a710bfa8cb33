// SPDX-License-Identifier: MIT OR Apache-2.0

//! gdb's commands for the symbols of a guest: which file describes the code, and where the code is.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, ensure};

use crate::build::DebugInfo;
use crate::guest::{Guest, is_named};
use crate::image::{Content, GuestFile};

/// Prints each module's sections, one per line: `/sys/module/kvm/sections/.text:0xffff…`.
const SECTIONS: &str = "grep -r 0x /sys/module/*/sections";

/// The sections that last as long as the module is loaded, unlike `.init.text`.
const LASTING: [&str; 7] = [
    ".text",
    ".noinstr.text",
    ".exit.text",
    ".rodata",
    ".data",
    ".bss",
    ".data..read_mostly",
];

/// The name and address of each section of a module.
type Sections = Vec<(String, String)>;

/// Returns gdb's commands for a guest's kernel, for all modules that it has loaded, and for the programs among
/// `ours`, one per line. `source` is the present path of the kernel's tree.
pub fn symbols(
    guest: &mut Guest,
    kernel: &DebugInfo,
    source: &Path,
    ours: &[GuestFile],
) -> Result<String> {
    let mut commands = Vec::new();
    if kernel.source != source {
        let (then, now) = (kernel.source.display(), source.display());
        commands.push(format!("set substitute-path {then} {now}"));
    }
    commands.push(format!("file {}", kernel.vmlinux().display()));
    let modules: Vec<_> = ours.iter().filter_map(GuestFile::module).collect();
    for (name, sections) in loaded(guest)? {
        let module = modules.iter().find(|file| is_named(file, &name));
        if let Some(file) = module.cloned().or_else(|| kernel.module(&name)) {
            commands.push(add_symbol_file(&file, &sections));
        }
    }
    for file in ours {
        if let (None, Content::HostFile(program)) = (file.module(), &file.content) {
            commands.push(format!("add-symbol-file {}", program.display()));
        }
    }
    Ok(commands.iter().flat_map(|line| [line, "\n"]).collect())
}

/// Returns the loaded modules.
fn loaded(guest: &mut Guest) -> Result<BTreeMap<String, Sections>> {
    let output = guest.output(&["sh", "-c", SECTIONS])?;
    ensure!(
        output.status.success(),
        "the guest does not say where its modules are"
    );
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

fn parse(told: &str) -> BTreeMap<String, Sections> {
    let mut modules: BTreeMap<_, Sections> = BTreeMap::new();
    for line in told.lines() {
        let Some((path, address)) = line.split_once(':') else {
            continue;
        };
        let mut parts = path.rsplit('/');
        if let (Some(section), Some(_), Some(module)) = (parts.next(), parts.next(), parts.next())
            && LASTING.contains(&section)
        {
            let sections = modules.entry(module.to_owned()).or_default();
            sections.push((section.to_owned(), address.to_owned()));
        }
    }
    modules
}

fn add_symbol_file(file: &Path, sections: &Sections) -> String {
    let sections = sections.iter();
    let at = sections.map(|(name, address)| format!(" -s {name} {address}"));
    format!(
        "add-symbol-file {}{}",
        file.display(),
        at.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{add_symbol_file, parse};
    use crate::guest::is_named;

    #[test]
    fn a_module_is_where_its_sections_are() {
        let told = "\
/sys/module/kvm_amd/sections/.text:0xffffffffa0100000
/sys/module/kvm_amd/sections/.init.text:0xffffffffa0130000
/sys/module/kvm_amd/sections/.data:0xffffffffa0120000
";
        let modules = parse(told);
        let command = add_symbol_file(Path::new("/kvm-amd.ko.debug"), &modules["kvm_amd"]);
        assert_eq!(
            command,
            "add-symbol-file /kvm-amd.ko.debug -s .text 0xffffffffa0100000 -s .data 0xffffffffa0120000"
        );
        assert!(is_named(Path::new("/a/kvm-amd.ko"), "kvm_amd"));
        assert!(!is_named(Path::new("/a/kvm.ko"), "kvm_amd"));
    }
}
