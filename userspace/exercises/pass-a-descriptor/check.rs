// SPDX-License-Identifier: MIT OR Apache-2.0

use crate::program::{Ran, on_all, run};

/// The receiver gets the device and the VM.
#[test]
fn the_receiver_has_the_device_and_the_machine() {
    for (device, vm) in [
        ("/dev/hiboma", "anon_inode:hiboma-anon"),
        ("/dev/kvm", "anon_inode:kvm-vm"),
    ] {
        let ran = run(device, "1");
        for file in [device, vm] {
            assert!(
                flags_of(&ran, file).is_some(),
                "{}{}\nThe receiver should have {file}.\nThe number of a descriptor says nothing to \
                 another process. The descriptor itself goes beside the bytes, in a control message.",
                ran.call,
                ran.said()
            );
        }
    }
}

/// The received descriptors are close-on-exec.
#[test]
fn what_it_has_is_close_on_exec() {
    on_all("1", |ran| {
        for file in ["/dev/", "anon_inode:"] {
            assert!(
                flags_of(ran, file).is_some_and(|flags| flags.contains("FD_CLOEXEC")),
                "{}{}\nThe receiver's descriptors should be close-on-exec.\nThe flag is the \
                 number's, not the open file's, so it is not sent. Who receives can ask for it, so \
                 that there is no moment without it.",
                ran.call,
                ran.said()
            );
        }
    });
}

/// The receiver can use the device.
#[test]
fn a_device_is_of_use_to_whoever_has_it() {
    on_all("1", |ran| {
        ran.prints(
            "receiver: KVM_CREATE_VM: made",
            "The first of the two is to be the device.",
        );
    });
}

/// The VM works for its creator, and fails with EIO for the receiver.
#[test]
fn a_machine_answers_its_maker_and_gives_eio_to_others() {
    on_all("1", |ran| {
        let look = "The second of the two should be the sender's VM.";
        ran.prints("sender: KVM_CHECK_EXTENSION: Ok(1)", look);
        ran.prints("receiver: KVM_CHECK_EXTENSION: Err(EIO)", look);
    });
}

/// The receiver has the same VM, even after its creator has closed it.
#[test]
fn it_is_the_same_machine_though_its_maker_has_closed_it() {
    let times = fastrand::u32(1..100);
    let ran = run("/dev/hiboma", &times.to_string());
    let look =
        "A new VM would count from 1. When the receiver asks, no other process has this one.";
    ran.succeeds(look);
    ran.prints("sender: both are closed", look);
    let line = format!("receiver: HIBOMA_ANON_COUNT: Ok({})", times + 1);
    ran.prints(&line, look);
}

/// Returns the receiver's output about the descriptor of a file whose name begins with this.
fn flags_of<'a>(ran: &'a Ran, file: &str) -> Option<&'a str> {
    let begin = format!("receiver: {file}");
    ran.output
        .lines()
        .find_map(|line| line.strip_prefix(&begin))
}
