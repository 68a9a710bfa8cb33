// SPDX-License-Identifier: MIT OR Apache-2.0

//! Layers: the groups to which the functions of a system call belong.

use std::collections::BTreeSet;

use anyhow::{Context, Result};

use super::functions::Functions;
use super::measured::Measured;
use super::symbols::Symbol;

/// The layers, from the outermost to the innermost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Code of every system call: `getppid` runs the same functions.
    SystemCall,
    /// Code of every ioctl: the version ioctl of the C twin runs the same functions.
    Ioctl,
    /// Rust code that is not ours: the crates `kernel` and `core`.
    KernelCrate,
    /// The module's own `abstractions/`.
    Abstractions,
    /// The module, or KVM.
    Driver,
    /// The module's `emulator/`.
    Interpreter,
    /// Functions in C that the module or KVM calls.
    Kernel,
    /// Code that runs in the vCPU.
    Guest,
}

/// All layers, with their names in a table.
pub const LAYERS: [(Layer, &str); 8] = [
    (Layer::SystemCall, "every system call"),
    (Layer::Ioctl, "`ioctl` on any file"),
    (Layer::KernelCrate, "kernel crate"),
    (Layer::Abstractions, "`abstractions/`"),
    (Layer::Driver, "the module, KVM"),
    (Layer::Interpreter, "`emulator/`"),
    (Layer::Kernel, "the kernel's C functions"),
    (Layer::Guest, "the guest"),
];

/// Our own crates.
const OURS: [&str; 2] = ["hiboma", "hiboma_tiny"];

/// The prefix of the kernel's C functions that only Rust calls, in place of macros.
const HELPER: &str = "rust_helper_";

/// The functions of the outer layers.
pub struct Layers {
    system_call: BTreeSet<String>,
    ioctl: BTreeSet<String>,
}

impl Layers {
    /// Uses what the first column, the C twin, runs for `getppid` and for a trivial ioctl.
    pub fn of_columns(all: &[Measured]) -> Result<Layers> {
        let first = all.first().map(|it| &it.functions);
        let get = |name| first.and_then(|it| it.get(name)).context("no functions");
        Ok(Layers::new(get("getppid")?, get("version")?))
    }

    fn new(getppid: &Functions, ioctl: &Functions) -> Layers {
        let names = |functions: &Functions| {
            let of_kernel = functions.0.iter().filter(|(it, _)| it.module.is_none());
            of_kernel.map(|(it, _)| it.name.clone()).collect()
        };
        Layers {
            system_call: names(getppid),
            ioctl: names(ioctl),
        }
    }

    /// Returns the layer of a function.
    pub fn of(&self, symbol: &Symbol) -> Layer {
        match &symbol.rust {
            _ if self.system_call.contains(&symbol.name) => Layer::SystemCall,
            _ if self.ioctl.contains(&symbol.name) => Layer::Ioctl,
            _ if *symbol == Symbol::guest() => Layer::Guest,
            Some((origin, part)) if OURS.contains(&origin.as_str()) => match part.as_deref() {
                Some("abstractions" | "anon_inode") => Layer::Abstractions,
                Some("emulator") => Layer::Interpreter,
                _ => Layer::Driver,
            },
            Some(_) => Layer::KernelCrate,
            None if symbol.name.starts_with(HELPER) => Layer::KernelCrate,
            None if symbol.module.is_some() => Layer::Driver,
            None => Layer::Kernel,
        }
    }

    /// Returns the number of instructions in a layer.
    pub fn sum(&self, functions: &Functions, layer: Layer) -> f64 {
        functions.sum(|symbol| self.of(symbol) == layer)
    }
}

#[cfg(test)]
mod tests {
    use super::{Functions, Layer, Layers, Symbol};

    #[test]
    fn a_function_is_in_the_layer_that_its_name_says() {
        let of = |names: &[&str]| {
            Functions(
                names
                    .iter()
                    .map(|name| (Symbol::named(name), 1.0))
                    .collect(),
            )
        };
        let layers = Layers::new(
            &of(&["do_syscall_64"]),
            &of(&["do_syscall_64", "fdget", "hiboma_ioctl [hiboma_c]"]),
        );
        for (name, layer) in [
            ("do_syscall_64", Layer::SystemCall),
            ("fdget", Layer::Ioctl),
            ("hiboma_ioctl [hiboma_c]", Layer::Driver),
            ("kvm_dev_ioctl [kvm]", Layer::Driver),
            ("mutex_lock", Layer::Kernel),
            ("rust_helper_mutex_lock", Layer::KernelCrate),
            ("_RNvNtCs1234_6hiboma4vcpu3run [hiboma]", Layer::Driver),
            (
                "_RNvNtCs1234_6hiboma8emulator4step [hiboma]",
                Layer::Interpreter,
            ),
            ("_RNvNtCs1234_6kernel5error9to_result", Layer::KernelCrate),
        ] {
            assert_eq!(layers.of(&Symbol::named(name)), layer, "{name}");
        }
    }
}
