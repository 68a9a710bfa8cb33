// SPDX-License-Identifier: MIT OR Apache-2.0

//! `descriptors.md`: the open descriptors of a pair's two sides, one after another.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use nix::fcntl::OFlag;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::counterparts::{as_on_kvm, is_of_a_device};
use super::kvm_ioctls::{self, KvmIoctl};
use super::own_ioctls;
use super::pairs::Pair;
use super::recordings::Recording;
use crate::guest::Guest;

/// A descriptor of a device, or of a file that a device has created.
struct Descriptor {
    /// The numbers of all that are open once it is made; its own is the last to come.
    open: BTreeSet<i32>,
    number: i32,
    file: String,
    flags: String,
    made_by: String,
    closed: bool,
}

/// Runs both sides, and returns the table of their descriptors.
pub fn table(pair: &Pair, guest: &mut Guest) -> Result<String> {
    let ioctls = kvm_ioctls::all()?;
    let hiboma = descriptors(&pair.hiboma, ioctls, guest)?;
    let kvm = descriptors(&pair.kvm, ioctls, guest)?;
    let keys = |all: &[Descriptor]| all.iter().map(Descriptor::key).collect::<Vec<_>>();
    let mut table = head(pair);
    let mut row = |left: Option<&Descriptor>, right: Option<&Descriptor>| {
        let open = left.or(right).map(Descriptor::open).unwrap_or_default();
        let cell = |side: Option<&Descriptor>| side.map(Descriptor::cell).unwrap_or_default();
        table += &format!("| {open} | {} | {} |\n", cell(left), cell(right));
    };
    for op in capture_diff_slices(Algorithm::Lcs, &keys(&hiboma), &keys(&kvm)) {
        let (left, right) = (&hiboma[op.old_range()], &kvm[op.new_range()]);
        if let DiffOp::Equal { .. } = op {
            left.iter()
                .zip(right)
                .for_each(|(left, right)| row(Some(left), Some(right)));
        } else {
            left.iter().for_each(|left| row(Some(left), None));
            right.iter().for_each(|right| row(None, Some(right)));
        }
    }
    Ok(table)
}

/// Returns the text above the rows.
fn head(pair: &Pair) -> String {
    let [left, right] = pair.devices();
    format!(
        "<!-- SPDX-License-Identifier: CC-BY-4.0 -->\n\
         <!-- cargo lab compare makes this -->\n\
         | | `{left}` | `{right}` |\n\
         | --- | --- | --- |\n"
    )
}

/// Returns the descriptors that this recording's program opens, in order.
fn descriptors(
    recording: &Recording,
    ioctls: &[KvmIoctl],
    guest: &mut Guest,
) -> Result<Vec<Descriptor>> {
    let command = recording.under("descriptors");
    let output = guest.output(&["sh", "-c", &command])?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`{command}`: {complaint}");
    let text = String::from_utf8(output.stdout)?;
    let mut open = BTreeSet::new();
    let mut all: Vec<Descriptor> = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.splitn(6, ' ').collect();
        match words.as_slice() {
            ["+", number, flags, call, argument, file] if is_of_a_device(file) => {
                let number = number.parse()?;
                open.insert(number);
                all.push(Descriptor {
                    open: open.clone(),
                    number,
                    file: (*file).to_owned(),
                    flags: names_of(flags)?,
                    made_by: match *call {
                        "ioctl" => name_of(argument.parse()?, file, ioctls),
                        call => call.to_owned(),
                    },
                    closed: false,
                });
            }
            ["-", number] => {
                let number = number.parse()?;
                open.remove(&number);
                let last = all.iter_mut().rfind(|it| it.number == number);
                if let Some(descriptor) = last {
                    descriptor.closed = true;
                }
            }
            _ => {}
        }
    }
    ensure!(!all.is_empty(), "`{command}` opened no device:\n{text}");
    Ok(all)
}

/// Returns the names of the flags that the program chooses: the access mode, and whether execve
/// closes the descriptor.
fn names_of(octal: &str) -> Result<String> {
    let flags = i32::from_str_radix(octal, 8).context("flags in /proc are octal")?;
    let flags = OFlag::from_bits_truncate(flags);
    let access = match flags & OFlag::O_ACCMODE {
        OFlag::O_RDWR => "O_RDWR",
        OFlag::O_WRONLY => "O_WRONLY",
        _ => "O_RDONLY",
    };
    Ok(match flags.contains(OFlag::O_CLOEXEC) {
        true => format!("{access}|O_CLOEXEC"),
        false => access.to_owned(),
    })
}

/// Returns the name of the ioctl that has created this file.
fn name_of(number: u32, file: &str, ioctls: &[KvmIoctl]) -> String {
    let own = own_ioctls::name(number).filter(|_| as_on_kvm(file) != file);
    let kvm = || Some(ioctls.iter().find(|it| it.number == number)?.name.as_str());
    own.or_else(kvm)
        .map_or_else(|| format!("{number:#x}"), str::to_owned)
}

impl Descriptor {
    /// Returns a key that is the same on both devices if they do the same.
    fn key(&self) -> String {
        format!("{:?} {} {}", self.open, self.number, as_on_kvm(&self.file))
    }

    /// Returns the open numbers, its own in bold.
    fn open(&self) -> String {
        let number = |&number: &i32| match number == self.number {
            true => format!("**{number}**"),
            false => number.to_string(),
        };
        self.open.iter().map(number).collect::<Vec<_>>().join(" ")
    }

    /// Returns the call that created it, its file, and how it ends.
    fn cell(&self) -> String {
        let flags = self.flags.replace('|', "\\|");
        let end = if self.closed { "close" } else { "exit" };
        format!("`{}` → `{}` `{flags}` → `{end}`", self.made_by, self.file)
    }
}

#[cfg(test)]
mod tests {
    use super::{name_of, names_of};

    #[test]
    fn flags_are_named() {
        assert_eq!(names_of("02000002").unwrap(), "O_RDWR|O_CLOEXEC");
        assert_eq!(names_of("02").unwrap(), "O_RDWR");
        assert_eq!(names_of("0100000").unwrap(), "O_RDONLY");
    }

    #[test]
    fn a_number_has_hiboma_s_name_only_on_hiboma() {
        assert_eq!(name_of(1, "anon_inode:hiboma-anon", &[]), "HIBOMA_OPEN_FD");
        assert_eq!(name_of(1, "anon_inode:kvm-vm", &[]), "0x1");
    }
}
