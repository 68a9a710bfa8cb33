// SPDX-License-Identifier: MIT OR Apache-2.0

//! A vCPU's ioctls except `KVM_RUN`.

use guest_tests::fault::each_failure_on_both;
use guest_tests::kvm::{Device, List, Machine, as_fd, ask, exchange, pass};
use hiboma::kvm::{
    KVM_GET_CPUID2, KVM_GET_MP_STATE, KVM_GET_REGS, KVM_GET_SREGS, KVM_SET_CPUID2,
    KVM_SET_MP_STATE, KVM_SET_REGS, KVM_SET_SREGS,
};
use kvm_bindings::{kvm_cpuid_entry2, kvm_mp_state, kvm_regs, kvm_sregs};

/// Gets a structure, and sets it again.
fn get_and_set<T: Copy + Default>(get: u32, set: u32) {
    let machine = |device: &Device| Machine::new(device, &[]);
    each_failure_on_both(machine, |machine| ask::<T>(as_fd(&machine.vcpu), get));
    let prepare = |device: &Device| {
        let machine = machine(device);
        let structure = ask::<T>(as_fd(&machine.vcpu), get).expect("it can be had");
        (machine, structure)
    };
    each_failure_on_both(prepare, |(machine, structure)| {
        pass(as_fd(&machine.vcpu), set, *structure)
    });
}

#[test]
fn regs() {
    get_and_set::<kvm_regs>(KVM_GET_REGS, KVM_SET_REGS);
}

#[test]
fn sregs() {
    get_and_set::<kvm_sregs>(KVM_GET_SREGS, KVM_SET_SREGS);
}

#[test]
fn mp_state() {
    get_and_set::<kvm_mp_state>(KVM_GET_MP_STATE, KVM_SET_MP_STATE);
}

#[test]
fn cpuid() {
    let prepare = |device: &Device| {
        let mut list = List::<kvm_cpuid_entry2>::default();
        list.length = 100;
        (Machine::new(device, &[]), list)
    };
    each_failure_on_both(prepare, |(machine, list)| {
        exchange(as_fd(&machine.vcpu), KVM_SET_CPUID2, list)
    });
    let prepare = |device: &Device| {
        let (machine, mut list) = prepare(device);
        exchange(as_fd(&machine.vcpu), KVM_SET_CPUID2, &mut list).expect("KVM_SET_CPUID2");
        (machine, list)
    };
    each_failure_on_both(prepare, |(machine, list)| {
        exchange(as_fd(&machine.vcpu), KVM_GET_CPUID2, list)
    });
}
