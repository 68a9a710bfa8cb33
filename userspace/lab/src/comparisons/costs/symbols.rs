// SPDX-License-Identifier: MIT OR Apache-2.0

//! Finds the function at an address, with the guest's `/proc/kallsyms`.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use lazy_regex::{Lazy, Regex, lazy_regex};

use crate::guest::Guest;
use crate::trace;

/// The crate of a Rust function, and the module in that crate.
static ORIGIN: Lazy<Regex> = lazy_regex!(r"([a-z_]\w*)::(?:([a-z_]\w*)::)?");

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// The name that is shown.
    pub name: String,
    /// The kernel module that contains it, if one does.
    pub module: Option<String>,
    /// For a Rust function: its crate, and the module in that crate, if it is in one.
    pub rust: Option<(String, Option<String>)>,
}

/// A guest's functions: the lines of `/proc/kallsyms`, by address.
#[derive(Default)]
pub struct Symbols(BTreeMap<u64, String>);

impl Symbols {
    /// Reads the symbols of the kernel and of all loaded modules.
    pub fn of(guest: &mut Guest) -> Result<Symbols> {
        let output = guest.output(&["cat", "/proc/kallsyms"])?;
        ensure!(output.status.success(), "the guest has no /proc/kallsyms");
        Symbols::parse(&String::from_utf8(output.stdout)?)
    }

    /// Parses a list of symbols, such as `System.map`.
    pub fn parse(kallsyms: &str) -> Result<Symbols> {
        let mut symbols = BTreeMap::new();
        for line in kallsyms.lines() {
            // ffffffffa005d06e t hiboma_device_ioctl	[hiboma_c]
            if let Some((address, [b't' | b'T' | b'w' | b'W', b' ', name @ ..])) = line
                .split_once(' ')
                .map(|(address, rest)| (address, rest.as_bytes()))
            {
                let address = u64::from_str_radix(address, 16)?;
                symbols.insert(address, String::from_utf8_lossy(name).into_owned());
            }
        }
        Ok(Symbols(symbols))
    }

    /// Returns the beginning and the name of each function.
    pub fn all(&self) -> impl Iterator<Item = (u64, &str)> {
        let name = |line: &str| line.find(char::is_whitespace).unwrap_or(line.len());
        (self.0.iter()).map(move |(begin, line)| (*begin, &line[..name(line)]))
    }

    /// Returns the function at an address.
    pub fn at(&self, address: u64) -> Symbol {
        Symbol::named(self.find(address).1)
    }

    /// Returns beginning and line of the function at an address. It ends where the next begins.
    pub fn find(&self, address: u64) -> (u64, &str) {
        let begins_before = self.0.range(..=address).last();
        begins_before.map_or((0, ""), |(begin, line)| (*begin, line))
    }
}

impl Symbol {
    /// Stands for the code in a vCPU, which has no functions.
    pub fn guest() -> Symbol {
        Symbol::named("guest")
    }

    /// Returns a function by its name, which its module may follow.
    pub fn named(line: &str) -> Symbol {
        let mut words = line.split_whitespace();
        let mangled = words.next().unwrap_or_default();
        let module = words
            .next()
            .map(|it| it.trim_matches(['[', ']']).to_owned());
        let Ok(name) = rustc_demangle::try_demangle(mangled) else {
            return Symbol {
                name: mangled.to_owned(),
                module,
                rust: None,
            };
        };
        // Without hashes.
        let name = format!("{name:#}");
        let origin = ORIGIN.captures(&name).map(|origin| {
            let of = |group| origin.get(group).map(|it| it.as_str().to_owned());
            (of(1).unwrap_or_default(), of(2))
        });
        Symbol {
            rust: origin,
            name: trace::short(mangled),
            module,
        }
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
        let first = symbols.at(0xffff_ffff_a005_d00f);
        assert_eq!(first.name, "first");
        assert_eq!(first.module.as_deref(), Some("hiboma_c"));
        let rust = symbols.at(0xffff_ffff_a005_d010);
        assert_eq!(rust.name, "foo::bar");
        assert_eq!(rust.rust, Some(("mycrate".into(), Some("foo".into()))));
        assert_eq!(symbols.at(0).name, "");
    }
}
