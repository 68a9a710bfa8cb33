// SPDX-License-Identifier: MIT OR Apache-2.0

//! The function at an address, by the guest's `/proc/kallsyms`.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use crate::guest::Guest;

/// A guest's functions.
pub struct Symbols(BTreeMap<u64, String>);

impl Symbols {
    /// Those of the kernel and of each module that is loaded.
    pub fn of(guest: &mut Guest) -> Result<Symbols> {
        let output = guest.output(&["cat", "/proc/kallsyms"])?;
        ensure!(output.status.success(), "the guest has no /proc/kallsyms");
        Symbols::parse(&String::from_utf8(output.stdout)?)
    }

    fn parse(kallsyms: &str) -> Result<Symbols> {
        let mut symbols = BTreeMap::new();
        for line in kallsyms.lines() {
            // ffffffffa005d06e t hiboma_device_ioctl	[hiboma_c]
            let words: Vec<_> = line.split_whitespace().collect();
            if let [address, "t" | "T" | "w" | "W", name, ..] = words.as_slice() {
                let address = u64::from_str_radix(address, 16)?;
                symbols.insert(address, format!("{:#}", rustc_demangle::demangle(name)));
            }
        }
        Ok(Symbols(symbols))
    }

    /// The name of the function, without hashes where it is Rust's.
    pub fn at(&self, address: u64) -> &str {
        let begins_before = self.0.range(..=address);
        begins_before.last().map_or("?", |(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::Symbols;

    #[test]
    fn a_function_goes_on_until_the_next() {
        let symbols = Symbols::parse(
            "ffffffffa005d000 t first\t[hiboma_c]\n\
             ffffffffa005d008 d data\t[hiboma_c]\n\
             ffffffffa005d010 T _RNvNtCs1234_7mycrate3foo3bar\t[hiboma]\n",
        )
        .unwrap();
        assert_eq!(symbols.at(0xffff_ffff_a005_d00f), "first");
        assert_eq!(symbols.at(0xffff_ffff_a005_d010), "mycrate::foo::bar");
        assert_eq!(symbols.at(0), "?");
    }
}
