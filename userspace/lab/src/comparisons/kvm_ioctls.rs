// SPDX-License-Identifier: MIT OR Apache-2.0

//! The ioctls of KVM's API, from this kernel's headers and its documentation.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use duct::{Expression, cmd};
use lazy_regex::{Lazy, Regex, lazy_regex};

use crate::build::{self, Configuration, Kernel};

/// An ioctl.
pub struct KvmIoctl {
    /// e.g. `KVM_CREATE_VM`.
    pub name: String,
    /// e.g. 0xae01.
    pub number: u32,
}

/// The macro that defines the number.
static DEFINED: Lazy<Regex> = lazy_regex!(r"(?m)^#define (KVM_\w+) +_IO[WR]*\(KVMIO, *(.*)\)$");
/// gcc's message about a structure that this architecture does not have.
static INCOMPLETE: Lazy<Regex> = lazy_regex!(r"incomplete type '(struct \w+)'");
/// A constant in gcc's assembly: its name and its value.
static VALUE: Lazy<Regex> = lazy_regex!(r"(?m)^value_(\w+):\n\s+\.quad\s+(\d+)$");

/// Returns all ioctls that `<linux/kvm.h>` defines for this architecture, by number. Omits those
/// whose argument is a structure that it does not have: without a size there is no number.
pub fn all() -> Result<&'static [KvmIoctl]> {
    static ALL: OnceLock<Vec<KvmIoctl>> = OnceLock::new();
    if let Some(all) = ALL.get() {
        return Ok(all);
    }
    let (kernel, _) = build::kernel(Configuration::Lab)?;
    let all = defined(&kernel)?;
    Ok(ALL.get_or_init(|| all))
}

fn defined(kernel: &Kernel) -> Result<Vec<KvmIoctl>> {
    const HEADER: &str = "#include <linux/kvm.h>\n";
    let macros = gcc(kernel, &["-E", "-dM"], HEADER).read()?;
    let defined: BTreeMap<&str, &str> = DEFINED
        .captures_iter(&macros)
        .map(|found| found.extract())
        .map(|(_, [name, rest])| (name, rest))
        .collect();
    let program = |names: &mut dyn Iterator<Item = &&str>| {
        let values = names.map(|name| format!("const unsigned long value_{name} = {name};\n"));
        format!("{HEADER}{}", values.collect::<String>())
    };

    // gcc reports the structures that have no size.
    let complaints = gcc(
        kernel,
        &["-S", "-fmax-errors=0"],
        &program(&mut defined.keys()),
    );
    let complaints = complaints
        .stdout_null()
        .stderr_to_stdout()
        .stdout_capture()
        .unchecked()
        .run()?;
    let complaints = String::from_utf8(complaints.stdout)?;
    let missing: BTreeSet<&str> = INCOMPLETE
        .captures_iter(&complaints)
        .map(|found| found.extract::<1>().1[0])
        .collect();
    let has_number = |name: &&&str| {
        !missing
            .iter()
            .any(|structure| defined[**name].ends_with(structure))
    };
    let program = program(&mut defined.keys().filter(has_number));
    let values = gcc(kernel, &["-S"], &program).read()?;
    let mut all = Vec::new();
    for value in VALUE.captures_iter(&values) {
        let (_, [name, number]) = value.extract();
        all.push(KvmIoctl {
            name: name.to_owned(),
            number: number.parse()?,
        });
    }
    ensure!(
        all.len() > 100,
        "gcc finds only {} ioctls in the kernel's <linux/kvm.h>",
        all.len()
    );
    all.sort_by_key(|ioctl| (ioctl.number & 0xff, ioctl.number));
    Ok(all)
}

/// Returns gcc with only the kernel's own uapi headers, without those of the machine.
fn gcc(kernel: &Kernel, arguments: &[&str], program: &str) -> Expression {
    let (source, built) = (kernel.source.display(), kernel.folder.display());
    let folders = [
        format!("-I{source}/arch/x86/include/uapi"),
        format!("-I{built}/arch/x86/include/generated/uapi"),
        format!("-I{source}/include/uapi"),
        format!("-I{built}/include/generated/uapi"),
        // Two things that the kernel's build would remove from the headers that it installs.
        format!("-I{source}/include"),
        "-D__LINUX_COMPILER_H".to_owned(),
        "-D__user=".to_owned(),
        "-D__EXPORTED_HEADERS__".to_owned(),
    ];
    let arguments = arguments.iter().map(|argument| (*argument).to_owned());
    let common = ["-nostdinc", "-w", "-x", "c", "-", "-o", "-"].map(str::to_owned);
    cmd("gcc", arguments.chain(folders).chain(common))
        .env("LC_ALL", "C")
        .stdin_bytes(program)
}

/// The kernel's documentation of an ioctl.
#[derive(Clone, Default)]
pub struct Documented {
    /// The descriptors on which it is called, from `:Type:`.
    pub on: String,
    /// The architectures, from `:Architectures:`.
    pub architectures: String,
}

static SECTION: Lazy<Regex> =
    lazy_regex!(r"(?m)^4\.\d+ (.*)\n-+\n+(?:[: ].*\n)*?:Architectures: (.*)\n:Type: (.*)$");
static NAME: Lazy<Regex> = lazy_regex!(r"KVM_[A-Z0-9_]+");

/// Returns the contents of `Documentation/virt/kvm/api.rst`, by the ioctls' names.
pub fn documented() -> Result<BTreeMap<String, Documented>> {
    let (kernel, _) = build::kernel(Configuration::Lab)?;
    let path = kernel.source.join("Documentation/virt/kvm/api.rst");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("{} is not in the kernel's source", path.display()))?;
    let mut documented = BTreeMap::new();
    for section in SECTION.captures_iter(&text) {
        let (_, [title, architectures, on]) = section.extract();
        for name in NAME.find_iter(title) {
            documented.insert(
                name.as_str().to_owned(),
                Documented {
                    on: on.trim().to_owned(),
                    architectures: architectures.trim().to_owned(),
                },
            );
        }
    }
    Ok(documented)
}
