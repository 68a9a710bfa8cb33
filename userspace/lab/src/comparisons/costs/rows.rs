// SPDX-License-Identifier: MIT OR Apache-2.0

//! The rows of the table: the operations, and those whose functions are shown.

use super::column::On;

/// The name in the program `costs`, and the title in the table.
pub const ROWS: [(&str, &str); 25] = [
    ("getppid", "`getppid`, the baseline"),
    ("open-device", "`open` the device"),
    ("close-device", "`close` it"),
    ("version", "ioctl that returns the version"),
    ("check-extension", "`KVM_CHECK_EXTENSION`"),
    ("make", "ioctl that makes a VM; on the first two, a counter"),
    ("close", "`close` it"),
    ("count", "`HIBOMA_ANON_COUNT`"),
    ("create-vcpu", "`KVM_CREATE_VCPU`"),
    ("close-vcpu", "`close` the vCPU"),
    ("add-slot", "`KVM_SET_USER_MEMORY_REGION`: add a slot"),
    ("delete-slot", "`KVM_SET_USER_MEMORY_REGION`: delete it"),
    ("map", "`mmap` a page of the vCPU"),
    ("fault", "first load from it, a page fault"),
    ("unmap", "`munmap` it"),
    ("get-regs", "`KVM_GET_REGS`"),
    ("set-regs", "`KVM_SET_REGS`"),
    ("get-sregs", "`KVM_GET_SREGS`"),
    ("exit-out", "`KVM_RUN` to the next `out`"),
    ("exit-mmio", "`KVM_RUN` to the next store to MMIO"),
    ("exit-hlt", "`KVM_RUN` to the next `hlt`"),
    ("cpuid", "guest's `cpuid`, answered in the kernel"),
    ("instruction", "guest instruction: `dec`, `jnz`"),
    ("instruction-load", "guest instruction that loads a byte"),
    ("instruction-store", "guest instruction that stores a byte"),
];

/// The operations whose functions are shown, and the columns.
pub const FUNCTIONS: [(&str, &[On]); 4] = [
    ("getppid", &[On::C]),
    ("version", &[On::C, On::Tiny, On::Hiboma, On::Kvm]),
    ("exit-out", &[On::Hiboma, On::HibomaSvm, On::Kvm]),
    ("instruction", &[On::Hiboma]),
];

/// Operations whose figures differ from run to run. They allocate or free whole pages,
/// or wait for other threads, so they depend a little on what the kernel did before.
const MOVING: [&str; 6] = [
    "make",
    "close",
    "create-vcpu",
    "close-vcpu",
    "add-slot",
    "delete-slot",
];

/// The columns in which they differ: those whose VMs and vCPUs have pages.
const WITH_PAGES: [On; 3] = [On::Hiboma, On::HibomaSvm, On::Kvm];

/// The rows that distinguish the engines, and the columns.
pub const ENGINES: (&[&str], [On; 3]) = (
    &["exit-out", "exit-mmio", "exit-hlt", "cpuid", "instruction"],
    [On::Hiboma, On::HibomaSvm, On::Kvm],
);

/// Returns whether a figure differs from run to run.
pub fn moves(name: &str, on: On) -> bool {
    MOVING.contains(&name) && WITH_PAGES.contains(&on)
}
