// SPDX-License-Identifier: MIT OR Apache-2.0

//! The functions that ftrace can trace.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};

use super::names::short;
use crate::comparisons::lookup::look_up;
use crate::guest::Guest;

/// All functions that can be traced in a guest, one per line: address, symbol, and module in brackets.
const AVAILABLE: &str = "/sys/kernel/tracing/available_filter_functions_addrs";

/// All symbols of the guest's kernel: address, kind, name and module.
const SYMBOLS: &str = "/proc/kallsyms";

/// The functions that can be traced in a guest.
pub struct Functions {
    all: Vec<Function>,
    /// The kernel's source.
    source: PathBuf,
}

/// A function.
pub struct Function {
    pub symbol: String,
    pub module: Option<String>,
    /// An address at its beginning or shortly after it.
    pub address: u64,
}

impl Functions {
    pub fn of(guest: &mut Guest, source: &Path) -> Result<Self> {
        let available = read(guest, AVAILABLE)?;
        Ok(Functions {
            all: available.lines().filter_map(function).collect(),
            source: source.to_owned(),
        })
    }

    /// Adds the functions of Rust modules, which ftrace knows only if they are built for it.
    pub fn with_rust(mut self, guest: &mut Guest) -> Result<Self> {
        let symbols = read(guest, SYMBOLS)?;
        let code = symbols.lines().filter_map(|line| {
            let (address, rest) = line.split_once(' ')?;
            function(&format!(
                "{address} {}",
                rest.strip_prefix(['t', 'T', 'w', 'W'])?.trim()
            ))
        });
        let is_known = |module: &str| {
            self.all
                .iter()
                .any(|it| it.module.as_deref() == Some(module))
        };
        let rust = code.filter(|it| it.module.as_deref().is_some_and(|module| !is_known(module)));
        let rust: Vec<_> = rust.collect();
        self.all.extend(rust);
        Ok(self)
    }

    /// Returns all functions.
    pub fn all(&self) -> &[Function] {
        &self.all
    }

    /// Returns the symbols of a function like [`any_named`](Self::any_named).
    /// Fails with the reason if there are none.
    pub fn named(&self, name: &str, guest: &mut Guest) -> Result<Vec<String>> {
        let found = self.any_named(name);
        if found.is_empty() {
            return Err(self.why_not(name, guest)?);
        }
        Ok(found)
    }

    /// Returns the symbols of a function, by its C name or by its short Rust name. A name such as
    /// `::release` selects all methods of this name.
    pub fn any_named(&self, name: &str) -> Vec<String> {
        self.symbols(|it| {
            let short = short(&it.symbol);
            it.symbol == name || short == name || name.starts_with("::") && short.ends_with(name)
        })
    }

    /// Returns the symbols of a module's functions.
    pub fn in_module(&self, module: &str) -> Result<Vec<String>> {
        let found = self.symbols(|it| it.module.as_deref() == Some(module));
        if found.is_empty() {
            let modules = self.all.iter().filter_map(|it| it.module.clone());
            let mut modules: Vec<_> = modules.collect();
            modules.sort();
            modules.dedup();
            bail!(
                "--module {module}: these modules are loaded: {}",
                modules.join(", ")
            );
        }
        Ok(found)
    }

    fn symbols(&self, is_wanted: impl Fn(&Function) -> bool) -> Vec<String> {
        let wanted = self.all.iter().filter(|it| is_wanted(it));
        wanted.map(|it| it.symbol.clone()).collect()
    }

    fn why_not(&self, name: &str, guest: &mut Guest) -> Result<anyhow::Error> {
        let symbols = read(guest, SYMBOLS)?;
        let mut names = symbols
            .lines()
            .filter_map(|line| line.split_whitespace().nth(2));
        if names.any(|symbol| symbol == name || short(symbol) == name) {
            return Ok(anyhow::anyhow!(
                "{name} cannot be traced: it is marked `notrace`, or it is Rust that is built into the kernel, or no \
                 function"
            ));
        }
        Ok(match look_up(&self.source, name)? {
            Some(found) => anyhow::anyhow!(
                "{name} cannot be traced: the compiler has put it into its callers, or this kernel is configured \
                 without it; {}:{} has it",
                found.file.display(),
                found.line
            ),
            None => anyhow::anyhow!(
                "the guest's kernel has no function {name}: a name is as in C, or for Rust as in `Vm::getfd`"
            ),
        })
    }
}

fn function(line: &str) -> Option<Function> {
    let mut words = line.split_whitespace();
    Some(Function {
        address: u64::from_str_radix(words.next()?, 16).ok()?,
        symbol: words.next()?.to_owned(),
        module: words
            .next()
            .map(|it| it.trim_matches(['[', ']']).to_owned()),
    })
}

/// Returns the content of a file of the guest.
pub fn read(guest: &mut Guest, path: &str) -> Result<String> {
    let output = guest.output(&["cat", path])?;
    ensure!(
        output.status.success(),
        "the guest has no {path}: its kernel was built without a tracer"
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
