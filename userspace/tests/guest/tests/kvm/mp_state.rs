// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_GET_MP_STATE` and `KVM_SET_MP_STATE`: without an in-kernel interrupt
//! controller only userspace can wake a vCPU, so a vCPU is always runnable.

use guest_tests::code;
use guest_tests::kvm::{Exit, Machine, Vcpu, as_fd, on_all, pass};
use hiboma::kvm::KVM_SET_MP_STATE;
use kvm_bindings::{KVM_MP_STATE_RUNNABLE, kvm_mp_state};
use nix::errno::Errno;

#[test]
fn every_vcpu_is_runnable() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        for id in [0, 1] {
            let state = Vcpu::create(&vm, id).fd.get_mp_state().unwrap();
            assert_eq!(state.mp_state, KVM_MP_STATE_RUNNABLE);
        }
    });
}

#[test]
fn it_can_be_set_to_nothing_else() {
    on_all(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        let set = |mp_state| pass(as_fd(&vcpu), KVM_SET_MP_STATE, kvm_mp_state { mp_state });
        assert_eq!(set(KVM_MP_STATE_RUNNABLE), Ok(0));
        for state in (1..12).chain([1 << 31, u32::MAX]) {
            assert_eq!(set(state), Err(Errno::EINVAL), "{state:#x}");
        }
        assert_eq!(vcpu.fd.get_mp_state().unwrap().mp_state, 0);
    });
}

/// A vCPU stays runnable after `hlt`: see `kvm_emulate_halt()`.
#[test]
fn a_halted_vcpu_is_runnable() {
    on_all(|device| {
        let mut machine = Machine::new(device, code!["hlt", "out 0x10, al"]);
        assert_eq!(machine.run(), Ok(Exit::Halt));
        assert_eq!(machine.fd.get_mp_state().unwrap().mp_state, 0);
        assert_eq!(machine.run(), Ok(Exit::out(0x10, &[0])));
    });
}
