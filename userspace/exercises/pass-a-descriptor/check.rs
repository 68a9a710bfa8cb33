// SPDX-License-Identifier: MIT OR Apache-2.0

use crate::program::{Ran, on_all, run};

/// The receiver gets the device and the VM.
#[test]
fn the_receiver_gets_the_device_and_the_vm() {
    for (device, vm) in [
        ("/dev/hiboma", "anon_inode:hiboma-anon"),
        ("/dev/kvm", "anon_inode:kvm-vm"),
    ] {
        let ran = run(device, "1");
        for file in [device, vm] {
            assert!(
                flags_of(&ran, file).is_some(),
                "{}{}\nExpected the receiver to get {file}.\nA descriptor's number means nothing \
                 in another process. Send the descriptor itself, in a control message.",
                ran.call,
                ran.said()
            );
        }
    }
}

/// The received descriptors are close-on-exec.
#[test]
fn the_received_descriptors_are_close_on_exec() {
    on_all("1", |ran| {
        for file in ["/dev/", "anon_inode:"] {
            assert!(
                flags_of(ran, file).is_some_and(|flags| flags.contains("FD_CLOEXEC")),
                "{}{}\nExpected the receiver's descriptors to be close-on-exec.\nThis flag belongs \
                 to the descriptor, not to the open file, so it is not sent. The receiver must ask \
                 for it in the call that receives the descriptors.",
                ran.call,
                ran.said()
            );
        }
    });
}

/// The receiver can use the device.
#[test]
fn the_receiver_can_use_the_device() {
    on_all("1", |ran| {
        ran.prints(
            "receiver: KVM_CREATE_VM: made",
            "The first of the two descriptors should be the device.",
        );
    });
}

/// The VM works for its creator, and fails with EIO for the receiver.
#[test]
fn a_vm_works_for_its_creator_and_fails_with_eio_for_the_receiver() {
    on_all("1", |ran| {
        let look = "The second of the two descriptors should be the sender's VM.";
        ran.prints("sender: KVM_CHECK_EXTENSION: Ok(1)", look);
        ran.prints("receiver: KVM_CHECK_EXTENSION: Err(EIO)", look);
    });
}

/// The receiver has the same VM, even after the sender has closed it.
#[test]
fn the_receiver_has_the_same_vm_after_the_sender_has_closed_it() {
    let times = fastrand::u32(1..100);
    let ran = run("/dev/hiboma", &times.to_string());
    let look =
        "A new VM would count from 1. The sender's VM stays open, because the receiver has it.";
    ran.succeeds(look);
    ran.prints("sender: both are closed", look);
    let line = format!("receiver: HIBOMA_ANON_COUNT: Ok({})", times + 1);
    ran.prints(&line, look);
}

/// Returns what the receiver printed about the descriptor of a file whose name begins with `file`.
fn flags_of<'a>(ran: &'a Ran, file: &str) -> Option<&'a str> {
    let begin = format!("receiver: {file}");
    ran.output
        .lines()
        .find_map(|line| line.strip_prefix(&begin))
}
