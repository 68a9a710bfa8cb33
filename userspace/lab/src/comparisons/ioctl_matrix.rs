// SPDX-License-Identifier: MIT OR Apache-2.0

//! `kvm/ioctls.md`: which KVM ioctls hiboma implements, and the result of each on both devices.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, ensure};
use lazy_regex::{Lazy, Regex, lazy_regex};

use super::kvm_ioctls::{self, Documented, KvmIoctl};
use crate::guest::Guest;
use crate::workspace;

const HEAD: &str = "\
<!-- SPDX-License-Identifier: CC-BY-4.0 -->
<!-- cargo lab compare makes this -->
| ioctl | `api.rst` | hiboma | `/dev/…` | VM | vCPU |
| --- | --- | :---: | --- | --- | --- |
";

/// The files of `module/` that dispatch ioctls by number, one for each kind of descriptor.
const DISPATCHERS: [&str; 4] = ["device.rs", "vm.rs", "vcpu.rs", "vcpu/arch.rs"];

/// The numbers of an arm in such a file: `KVM_GET_XSAVE | KVM_GET_XSAVE2 =>`.
static ARM: Lazy<Regex> = lazy_regex!(r"(?m)^ +(KVM_\w+(?: \| KVM_\w+)*) =>");

/// An architecture other than x86.
static FOREIGN: Lazy<Regex> = lazy_regex!(r"s390|ppc|powerpc|arm64|mips|riscv|loongarch");

/// The kernel measures the frequency of the TSC, with another result each time.
const MEASURED: (&str, &str) = ("KVM_GET_TSC_KHZ", "kHz");

/// The results of an ioctl on a device's descriptors: the device, a VM, a vCPU.
type Answers = [String; 3];

/// Makes the ioctls on both devices, and returns the table of the results.
pub fn table(guest: &mut Guest) -> Result<String> {
    let ioctls = kvm_ioctls::all()?;
    let documented = kvm_ioctls::documented()?;
    let hiboma_has = dispatched()?;
    let hiboma = answers("/dev/hiboma", ioctls, guest)?;
    let kvm = answers("/dev/kvm", ioctls, guest)?;
    let mut table = HEAD.to_owned();
    for KvmIoctl { name, number } in ioctls {
        let Documented { on, architectures } = documented.get(name).cloned().unwrap_or_default();
        let foreign = FOREIGN.is_match(&architectures) && !architectures.contains("x86");
        let on = match foreign {
            true => format!("{on} ({architectures})"),
            false => on,
        };
        let has = if hiboma_has.contains(name) { "✓" } else { "" };
        let both = hiboma[number].iter().zip(&kvm[number]);
        let both = both.map(|(hiboma, kvm)| cell(&constant(name, hiboma), &constant(name, kvm)));
        let cells: Vec<String> = both.collect();
        table += &format!("| `{name}` | {on} | {has} | {} |\n", cells.join(" | "));
    }
    Ok(table)
}

/// Returns the result, or a word for one that differs from run to run.
fn constant(name: &str, answer: &str) -> String {
    let is_measured = name == MEASURED.0 && answer.bytes().all(|byte| byte.is_ascii_digit());
    if is_measured { MEASURED.1 } else { answer }.to_owned()
}

/// Returns one result if both devices agree; otherwise KVM's and hiboma's.
fn cell(hiboma: &str, kvm: &str) -> String {
    if hiboma == kvm {
        format!("`{kvm}`")
    } else {
        format!("`{kvm}` ≠ `{hiboma}`")
    }
}

/// Returns the names of all KVM ioctls that the module dispatches.
fn dispatched() -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for file in DISPATCHERS {
        let path = workspace::root().join("module").join(file);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let arms = ARM.captures_iter(&text);
        let numbers: Vec<_> = arms
            .flat_map(|arm| arm[1].split(" | ").map(str::to_owned).collect::<Vec<_>>())
            .collect();
        ensure!(
            !numbers.is_empty(),
            "{} has no arm `KVM_… =>` any more: see comparisons/ioctl_matrix.rs",
            path.display()
        );
        names.extend(numbers);
    }
    Ok(names)
}

/// Returns a device's results for all ioctls, by number.
fn answers(device: &str, ioctls: &[KvmIoctl], guest: &mut Guest) -> Result<BTreeMap<u32, Answers>> {
    // Some numbers have two names.
    let numbers: BTreeSet<u32> = ioctls.iter().map(|it| it.number).collect();
    let arguments: Vec<String> = numbers.iter().map(u32::to_string).collect();
    let mut argv = vec!["ioctls", device];
    argv.extend(arguments.iter().map(String::as_str));
    let output = guest.output(&argv)?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "on {device}: {complaint}");
    let text = String::from_utf8(output.stdout)?;
    let mut answers = BTreeMap::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [number, device, vm, vcpu] = words.as_slice() else {
            anyhow::bail!("`ioctls` has printed something else: {line}");
        };
        let of_line = [device, vm, vcpu].map(|answer| (*answer).to_owned());
        answers.insert(number.parse()?, of_line);
    }
    ensure!(
        answers.len() == numbers.len(),
        "on {device}, not all ioctls were answered:\n{text}"
    );
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::workspace;

    #[test]
    fn what_hiboma_has_answers_as_kvm_does() {
        let matrix = workspace::root().join("comparisons/kvm/ioctls.md");
        let matrix = fs::read_to_string(matrix).unwrap();
        let differs: Vec<_> = matrix
            .lines()
            .filter(|line| line.contains('✓') && line.contains('≠'))
            .collect();
        let names = differs.iter().filter_map(|line| line.split('`').nth(1));
        // The argument 0 of the first asks for an interrupt controller, which hiboma does not have.
        // The others are for vCPUs only.
        let expected = ["KVM_CHECK_EXTENSION", "KVM_SET_TSC_KHZ", "KVM_GET_TSC_KHZ"];
        assert_eq!(names.collect::<Vec<_>>(), expected, "{differs:?}");
    }
}
