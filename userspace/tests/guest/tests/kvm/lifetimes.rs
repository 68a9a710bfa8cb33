// SPDX-License-Identifier: MIT OR Apache-2.0

//! What keeps what alive: each open file holds a reference to the
//! module, a vCPU holds its VM, and a VM holds the mm of its process.

use std::mem::forget;
use std::os::fd::AsRawFd;
use std::process::Command;
use std::thread;

use guest_tests::kvm::{
    CODE, Device, Exit, Machine, Memory, PAGE, STACK, Vcpu, as_fd, create, on_all, set_region,
};
use guest_tests::{code, ends_by, in_child};
use hiboma::kvm::{KVM_CREATE_VCPU, KVM_CREATE_VM};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::mman::MapFlags;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, dup};

#[test]
fn each_open_file_is_one_reference() {
    on_all(|device| {
        let references = || device.module.references();
        let before = references();
        let file = device.file();
        let vm = create(&file, KVM_CREATE_VM, 0).unwrap();
        let vcpu = create(&vm, KVM_CREATE_VCPU, 0).unwrap();
        let other = create(&vm, KVM_CREATE_VCPU, 1).unwrap();
        assert_eq!(references(), before + 4);
        let duplicate = dup(&vcpu).unwrap();
        assert_eq!(references(), before + 4);
        drop((file, vm, vcpu));
        assert_eq!(references(), before + 2);
        drop((other, duplicate));
        assert_eq!(references(), before);
    });
}

/// `rmmod` fails while any of them is open or mapped.
#[test]
fn the_module_stays_as_long_as_anything_is_open() {
    on_all(|device| {
        let stays = || assert_eq!(device.module.unload(), Err(Errno::EWOULDBLOCK));
        let vm = create(device.file(), KVM_CREATE_VM, 0).unwrap();
        stays();
        let vcpu = create(&vm, KVM_CREATE_VCPU, 0).unwrap();
        drop(vm);
        stays();
        let mapping = Memory::of(&vcpu, PAGE, MapFlags::MAP_SHARED);
        drop(vcpu);
        stays();
        drop(mapping);
        assert_eq!(device.module.references(), 0);
    });
}

/// With the device and the VM closed, the vCPU still has the VM's memory and can run.
#[test]
fn a_vcpu_keeps_its_machine() {
    on_all(|device| {
        let memory = Memory::new(0x10000);
        memory.write(
            CODE as usize,
            code!["mov al, [0x3000]", "out 0x10, al", "hlt"],
        );
        memory.write(0x3000, &[5]);
        let mut vcpu = {
            let vm = device.open().create_vm().unwrap();
            set_region(as_fd(&vm), 0, 0, 0, &memory).unwrap();
            Vcpu::create(&vm, 0)
        };
        vcpu.start_at(CODE, STACK);
        assert_eq!(vcpu.run(), Ok(Exit::out(0x10, &[5])));
        assert_eq!(vcpu.run(), Ok(Exit::Halt));
    });
}

#[test]
fn a_duplicate_is_the_same_vcpu() {
    on_all(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        let duplicate = dup(as_fd(&machine.vcpu)).unwrap();
        assert_eq!(
            guest_tests::kvm::call(&duplicate, hiboma::kvm::KVM_RUN, 0),
            Ok(0)
        );
        assert_eq!(machine.regs().rip, CODE + 1);
    });
}

/// `O_CLOEXEC`: `execve` closes them.
#[test]
fn exec_closes_them() {
    on_all(|device| {
        let machine = Machine::new(device, code!["hlt"]);
        for fd in [machine.vm.as_raw_fd(), machine.vcpu.as_raw_fd()] {
            let link = format!("/proc/self/fd/{fd}");
            let output = Command::new("readlink").arg(link).output().unwrap();
            assert!(output.stdout.is_empty(), "{output:?}");
        }
        fcntl(as_fd(&machine.vcpu), FcntlArg::F_SETFD(FdFlag::empty())).unwrap();
        let link = format!("/proc/self/fd/{}", machine.vcpu.as_raw_fd());
        let output = Command::new("readlink").arg(link).output().unwrap();
        let name = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(name.ends_with("-vcpu:0\n"), "{name}");
    });
}

#[test]
fn what_a_process_leaves_open_is_closed_when_it_ends() {
    on_all(|device| {
        let before = device.module.references();
        in_child(|| {
            for _ in 0..5 {
                forget(Machine::new(device, code!["hlt"]));
            }
            assert_eq!(device.module.references(), before + 10);
        });
        assert_eq!(device.module.references(), before);
    });
}

/// A guest that never exits, in a process that is killed and cannot clean up.
#[test]
fn killed_while_the_guest_runs() {
    on_all(|device| {
        let before = device.module.references();
        for _ in 0..5 {
            let signal = ends_by(|| kill_while_running(device));
            assert_eq!(signal, Some(Signal::SIGKILL));
            assert_eq!(device.module.references(), before);
        }
    });
}

/// Two threads run guests, and two threads wait for a vCPU that another one runs.
fn kill_while_running(device: &Device) {
    let code = code!["lock inc byte ptr [0x3000]", "2: jmp 2b"];
    let machine = Machine::new(device, code);
    let second = Vcpu::create(&machine.vm, 1);
    second.start_at(CODE, STACK);
    let (machine, second) = (&machine, &second);
    thread::scope(|scope| {
        for vcpu in [&machine.vcpu, &machine.vcpu, second, second] {
            scope.spawn(move || guest_tests::kvm::call(as_fd(vcpu), hiboma::kvm::KVM_RUN, 0));
        }
        while machine.memory.byte(0x3000) != 2 {
            thread::yield_now();
        }
        kill(Pid::this(), Signal::SIGKILL).unwrap();
    });
}
