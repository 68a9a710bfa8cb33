// SPDX-License-Identifier: MIT OR Apache-2.0

//! Addresses, which differ from run to run. Those of mappings that involve the device get a letter.

use std::collections::{BTreeMap, BTreeSet};

use lazy_regex::regex::Captures;
use lazy_regex::{Lazy, Regex, lazy_regex};

use super::call::Call;

/// Memory that a program gives to a VM.
static GIVEN: Lazy<Regex> = lazy_regex!(r"userspace_addr=(0x[0-9a-f]+)");
/// No other number that a program here passes to a device is that large.
static ADDRESS: Lazy<Regex> = lazy_regex!(r"0x[0-9a-f]{9,}");

/// The letters of a program's mappings.
pub struct Addresses {
    given: BTreeSet<String>,
    letters: BTreeMap<String, char>,
    next: char,
}

impl Addresses {
    /// Prepares for one program, from its output of strace.
    pub fn of(trace: &str) -> Addresses {
        let given = GIVEN.captures_iter(trace).map(|given| given[1].to_owned());
        Addresses {
            given: given.collect(),
            letters: BTreeMap::new(),
            next: 'A',
        }
    }

    /// Replaces addresses with letters, or with `0x…` if the mapping does not involve the device.
    /// Returns whether the call maps or unmaps a device's file, or memory that is given to it.
    pub fn name_in(&mut self, call: &mut Call) -> bool {
        let first = call.arguments.split(',').next().unwrap_or_default();
        let unmapped = (call.name == "munmap").then(|| first.to_owned());
        let maps =
            call.name == "mmap" && (call.is_of_a_device() || self.given.contains(&call.result));
        if maps {
            self.letters.insert(call.result.clone(), self.next);
            self.next = (self.next as u8 + 1) as char;
        }
        for text in [&mut call.arguments, &mut call.result] {
            let letter = |address: &Captures| match self.letters.get(&address[0]) {
                Some(letter) => letter.to_string(),
                None => "0x…".to_owned(),
            };
            *text = ADDRESS.replace_all(text, letter).into_owned();
        }
        let unmaps = unmapped.and_then(|address| self.letters.remove(&address));
        maps || unmaps.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::{Addresses, Call};

    #[test]
    fn mappings_have_letters_from_their_beginning_to_their_end() {
        let trace = "\
mmap(NULL, 4096, 0x3 /* PROT_READ|PROT_WRITE */, 0x22, -1, 0) = 0x7f0000001000
mmap(NULL, 8192, 0x3, 0x22, -1, 0) = 0x7f0000009000
mmap(NULL, 12288, 0x3, 0x1, 5</dev/kvm>, 0) = 0x7f0000003000
ioctl(4, 1, {guest_phys_addr=0x1000, userspace_addr=0x7f0000001000}) = 0
ioctl(4, 2, 0x7ffd00000000) = 0
munmap(0x7f0000003000, 12288) = 0
munmap(0x7f0000003000, 12288) = 0
";
        let mut addresses = Addresses::of(trace);
        let named: Vec<(String, bool)> = trace
            .lines()
            .map(|line| {
                let mut call = Call::parse(line).unwrap();
                let of_the_device = addresses.name_in(&mut call);
                (call.text(), of_the_device)
            })
            .collect();
        let expected = [
            (
                "mmap(NULL, 4096, PROT_READ|PROT_WRITE, 0x22, -1, 0) = A",
                true,
            ),
            ("mmap(NULL, 8192, 0x3, 0x22, -1, 0) = 0x…", false),
            ("mmap(NULL, 12288, 0x3, 0x1, 5</dev/kvm>, 0) = B", true),
            (
                "ioctl(4, 1, {guest_phys_addr=0x1000, userspace_addr=A}) = 0",
                false,
            ),
            ("ioctl(4, 2, 0x…) = 0", false),
            ("munmap(B, 12288) = 0", true),
            ("munmap(0x…, 12288) = 0", false),
        ];
        assert_eq!(named, expected.map(|(text, it)| (text.to_owned(), it)));
    }
}
