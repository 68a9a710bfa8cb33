// SPDX-License-Identifier: MIT OR Apache-2.0

//! Loads kernel modules.
//!
//! The guest has no `modprobe` and no `modules.dep`: the modules are listed here, dependencies
//! first.

use std::fs::{self, File};

use anyhow::{Context, Result, bail};
use nix::kmod::{ModuleInitFlags, finit_module};

/// Loads KVM: [`irqbypass`](srctree/virt/lib/irqbypass.c), which `kvm` takes symbols from,
/// `kvm` itself, and the module for this CPU's virtualization.
pub fn load_kvm() -> Result<()> {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").context("cannot read /proc/cpuinfo")?;
    let vendor = vendor_module(&cpuinfo)?;
    for name in ["irqbypass", "kvm", vendor] {
        load(&format!("/lib/modules/{name}.ko"))?;
    }
    Ok(())
}

/// Loads the module at `path`.
pub fn load(path: &str) -> Result<()> {
    let file = File::open(path).with_context(|| format!("cannot open {path}"))?;
    finit_module(&file, c"", ModuleInitFlags::empty())
        .with_context(|| format!("cannot load {path}; the kernel's log (dmesg) may say why"))
}

fn vendor_module(cpuinfo: &str) -> Result<&'static str> {
    let flags = cpuinfo
        .lines()
        .find(|line| line.starts_with("flags"))
        .unwrap_or_default();
    for flag in flags.split_whitespace() {
        match flag {
            "svm" => return Ok("kvm-amd"),
            "vmx" => return Ok("kvm-intel"),
            _ => {}
        }
    }
    bail!("this CPU offers neither svm nor vmx, and KVM needs one of them")
}

#[cfg(test)]
mod tests {
    use super::vendor_module;

    #[test]
    fn the_cpu_decides_which_half_of_kvm_is_loaded() {
        let amd = "processor\t: 0\nflags\t\t: fpu svm_lock svm lm\n";
        assert_eq!(vendor_module(amd).unwrap(), "kvm-amd");
        let intel = "processor\t: 0\nflags\t\t: fpu vmx lm\nvmx flags\t: ept\n";
        assert_eq!(vendor_module(intel).unwrap(), "kvm-intel");
        assert!(vendor_module("flags\t\t: fpu svm_lock lm\n").is_err());
    }
}
