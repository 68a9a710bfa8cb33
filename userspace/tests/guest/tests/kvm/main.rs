// SPDX-License-Identifier: MIT OR Apache-2.0

//! Tests of what `/dev/hiboma` has of KVM's interface, on `/dev/kvm` as well: see
//! [`guest_tests::kvm`]. One file for each concept:

mod atomic;
mod bad_pointers;
mod capabilities;
mod compat;
mod cpu_max;
mod cpuid;
mod create_vcpu;
mod device;
mod differences;
mod dirty_log;
mod exceptions;
mod halt;
mod internal_error;
mod ioeventfd;
mod ioeventfd_errors;
mod lifetimes;
mod limits;
mod mapping;
mod memory;
mod memory_max;
mod memory_slots;
mod mmio;
mod mmio_forms;
mod mp_state;
mod msr_index_list;
mod other_process;
mod ports;
mod random;
mod re_entry;
mod regs;
mod run;
mod segments;
mod smp;
mod sregs;
mod string_ports;
mod threads;
mod timer;
mod tss_addr;
mod under_its_feet;
mod withheld_page;
mod wrong_numbers;
