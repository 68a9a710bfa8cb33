// SPDX-License-Identifier: MIT OR Apache-2.0

//! Observes the host's KVM.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use kvm_ioctls::Kvm;
use nix::errno::Errno;
use nix::unistd::{Gid, Group};

const DEVICE: &str = "/dev/kvm";

/// Everything that the decision depends on.
#[derive(Clone, Debug)]
pub struct Facts {
    pub device: Device,
    /// The vendor of the CPU's virtualization, if the CPU offers any.
    pub vendor: Option<Vendor>,
    /// The CPU says that it belongs to a VM.
    pub virtual_cpu: bool,
    /// The vendor's module of KVM is loaded or built in.
    pub module_loaded: bool,
    /// The vendor's module of KVM lets guests use KVM too.
    pub nesting: bool,
    pub container: bool,
    pub wsl: bool,
}

/// The result of opening /dev/kvm and creating a VM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Device {
    Absent,
    /// Has the group that may open it, unless that is root's.
    Denied {
        group: Option<String>,
    },
    Fails(String),
    Works,
}

/// A vendor of CPUs, and so of one of the two kinds of virtualization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    Amd,
    Intel,
}

impl Vendor {
    /// Returns the kernel module for its virtualization.
    pub fn module(self) -> &'static str {
        match self {
            Vendor::Amd => "kvm_amd",
            Vendor::Intel => "kvm_intel",
        }
    }

    fn from_flags(flags: &[&str]) -> Option<Self> {
        if flags.contains(&"svm") {
            Some(Vendor::Amd)
        } else if flags.contains(&"vmx") {
            Some(Vendor::Intel)
        } else {
            None
        }
    }
}

impl Facts {
    /// Observes this host.
    pub fn observe() -> Self {
        let cpuinfo = read("/proc/cpuinfo");
        let flags = cpu_flags(&cpuinfo);
        let vendor = Vendor::from_flags(&flags);
        let module = vendor.map(|vendor| Path::new("/sys/module").join(vendor.module()));
        let nested = module
            .as_ref()
            .map(|module| read(module.join("parameters/nested")));
        Facts {
            device: Device::observe(),
            vendor,
            virtual_cpu: flags.contains(&"hypervisor"),
            module_loaded: module.is_some_and(|module| module.exists()),
            nesting: nested.is_some_and(|nested| matches!(nested.trim(), "1" | "Y")),
            container: [
                "/.dockerenv",
                "/run/.containerenv",
                "/run/systemd/container",
            ]
            .into_iter()
            .any(|mark| Path::new(mark).exists()),
            wsl: read("/proc/version").to_lowercase().contains("microsoft"),
        }
    }
}

impl Device {
    fn observe() -> Self {
        let made = Kvm::new().and_then(|kvm| kvm.create_vm());
        match made.map_err(|error| Errno::from_raw(error.errno())) {
            Ok(_) => Device::Works,
            Err(Errno::ENOENT | Errno::ENXIO | Errno::ENODEV) => Device::Absent,
            Err(Errno::EACCES | Errno::EPERM) => Device::Denied { group: group() },
            Err(error) => Device::Fails(error.to_string()),
        }
    }
}

/// Returns the group whose members may read and write /dev/kvm, unless it is root's.
fn group() -> Option<String> {
    let metadata = fs::metadata(DEVICE).ok()?;
    if metadata.mode() & 0o060 != 0o060 || metadata.gid() == 0 {
        return None;
    }
    let group = Group::from_gid(Gid::from_raw(metadata.gid()))
        .ok()
        .flatten();
    Some(group.map_or_else(|| metadata.gid().to_string(), |group| group.name))
}

/// Returns the flags of the first CPU.
fn cpu_flags(cpuinfo: &str) -> Vec<&str> {
    let line = cpuinfo.lines().find(|line| line.starts_with("flags"));
    line.unwrap_or_default().split_whitespace().collect()
}

/// Reads a file; an unreadable file counts as empty.
fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap_or_default()
}
