// SPDX-License-Identifier: MIT OR Apache-2.0

//! Whether the lab can use the host's KVM, and if not, why not.

mod facts;

use std::fmt;

use facts::{Device, Facts, Vendor};

/// Why the lab cannot use the host's KVM. Displayed as one line; see also [`advice`](Self::advice).
#[derive(Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The CPU offers no virtualization, and belongs to a VM.
    VirtualCpu,
    /// The CPU offers no virtualization: it is disabled in the firmware, or missing.
    Firmware,
    /// Windows Subsystem for Linux without nested virtualization.
    Wsl,
    /// The host has KVM, but this container was not given /dev/kvm.
    Container,
    /// KVM's module for this CPU is not loaded.
    ModuleNotLoaded(Vendor),
    /// There is no /dev/kvm, although its module is loaded.
    Absent,
    /// This user may not open /dev/kvm. Has the group that may, if there is one.
    NoPermission(Option<String>),
    /// /dev/kvm cannot be opened or creates no VM; this is the error.
    Failing(String),
    /// A guest on this KVM would have no KVM of its own.
    NoNesting(Vendor),
}

/// Returns whether the lab can use the host's KVM, for guests that have a /dev/kvm of their own.
pub fn usable() -> Result<(), Unusable> {
    decide(&Facts::observe())
}

fn decide(facts: &Facts) -> Result<(), Unusable> {
    let vendor = facts.vendor.ok_or(if facts.wsl {
        Unusable::Wsl
    } else if facts.virtual_cpu {
        Unusable::VirtualCpu
    } else {
        Unusable::Firmware
    });
    match &facts.device {
        Device::Works if facts.nesting => Ok(()),
        Device::Works => Err(Unusable::NoNesting(vendor?)),
        Device::Fails(error) => Err(Unusable::Failing(error.clone())),
        Device::Denied { group } => Err(Unusable::NoPermission(group.clone())),
        Device::Absent => {
            let vendor = vendor?;
            Err(if facts.wsl {
                Unusable::Wsl
            } else if !facts.module_loaded {
                Unusable::ModuleNotLoaded(vendor)
            } else if facts.container {
                Unusable::Container
            } else {
                Unusable::Absent
            })
        }
    }
}

impl Unusable {
    /// Returns what to do about it, in one line.
    pub fn advice(&self) -> String {
        match self {
            Unusable::VirtualCpu => {
                "switch nested virtualization on for this virtual machine, where it is run".into()
            }
            Unusable::Firmware => {
                "switch on SVM (AMD) or VT-x (Intel) in the firmware's set-up".into()
            }
            Unusable::Wsl => {
                "set nestedVirtualization=true under [wsl2] in .wslconfig (Windows 11), then run \
                 wsl --shutdown"
                    .into()
            }
            Unusable::Container => "start the container with --device /dev/kvm".into(),
            Unusable::ModuleNotLoaded(vendor) => format!("sudo modprobe {}", vendor.module()),
            Unusable::Absent => "sudo mknod -m 660 /dev/kvm c 10 232".into(),
            Unusable::NoPermission(Some(group)) => {
                format!("sudo usermod -aG {group} $USER, then log in anew")
            }
            Unusable::NoPermission(None) => "sudo setfacl -m u:$USER:rw /dev/kvm".into(),
            Unusable::Failing(_) => {
                "end what else uses the CPU's virtualization, such as VirtualBox".into()
            }
            Unusable::NoNesting(vendor) => {
                let module = vendor.module();
                format!("sudo modprobe -r {module} && sudo modprobe {module} nested=1")
            }
        }
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::VirtualCpu => {
                write!(
                    f,
                    "this is a virtual machine whose CPU offers no virtualization"
                )
            }
            Unusable::Firmware => write!(
                f,
                "the CPU offers no virtualization: it is switched off in the firmware, or there \
                 is none"
            ),
            Unusable::Wsl => write!(f, "WSL without nested virtualization has no /dev/kvm"),
            Unusable::Container => write!(f, "the container was not given the host's /dev/kvm"),
            Unusable::ModuleNotLoaded(vendor) => {
                write!(f, "the kernel module {} is not loaded", vendor.module())
            }
            Unusable::Absent => write!(f, "KVM is loaded, but there is no /dev/kvm"),
            Unusable::NoPermission(Some(group)) => {
                write!(
                    f,
                    "/dev/kvm is for the group {group}, which this user is not in"
                )
            }
            Unusable::NoPermission(None) => {
                write!(
                    f,
                    "/dev/kvm must not be opened by this user, nor by any group"
                )
            }
            Unusable::Failing(error) => write!(f, "/dev/kvm makes no virtual machine: {error}"),
            Unusable::NoNesting(vendor) => write!(
                f,
                "{} is loaded with nested=0, so the guest would have no /dev/kvm",
                vendor.module()
            ),
        }
    }
}

#[cfg(test)]
mod tests;
