// SPDX-License-Identifier: MIT OR Apache-2.0

//! The names of hiboma's own ioctls, which strace does not know.

use hiboma::uapi::{HIBOMA_ANON_COUNT_NR, HIBOMA_GET_VERSION, HIBOMA_OPEN_FD, HIBOMAIO};

/// `_IO(HIBOMAIO, HIBOMA_ANON_COUNT_NR)`.
const HIBOMA_ANON_COUNT: u32 = HIBOMAIO << 8 | HIBOMA_ANON_COUNT_NR;

macro_rules! names {
    ($($name:ident),*) => { [$((stringify!($name), $name)),*] };
}

/// Each name with its number in `module/uapi/hiboma.rs`.
const NAMES: [(&str, u32); 3] = names!(HIBOMA_GET_VERSION, HIBOMA_OPEN_FD, HIBOMA_ANON_COUNT);

/// Returns the name of this number, on a file of hiboma's.
pub fn name(number: u32) -> Option<&'static str> {
    let named = NAMES.iter().find(|(_, it)| *it == number);
    named.map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{NAMES, name};
    use crate::workspace;

    #[test]
    fn numbers_have_names() {
        assert_eq!(name(1), Some("HIBOMA_OPEN_FD"));
        assert_eq!(name(0xbb00), Some("HIBOMA_ANON_COUNT"));
        assert_eq!(name(0xae01), None);
    }

    #[test]
    fn no_ioctl_is_forgotten() {
        let header = workspace::root().join("comparisons/c/hiboma.h");
        let header = fs::read_to_string(header).unwrap();
        let (_, ioctls) = header.split_once("/* ioctls of").unwrap();
        let defined = ioctls.lines().filter_map(|line| {
            let name = line.strip_prefix("#define ")?.split_whitespace().next()?;
            name.starts_with("HIBOMA_").then_some(name)
        });
        let known: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
        assert_eq!(defined.collect::<Vec<_>>(), known);
    }
}
