// SPDX-License-Identifier: MIT OR Apache-2.0

use crate::program::on_all;

/// The signal of a kick does not end the program.
#[test]
fn a_kick_does_not_end_the_program() {
    on_all(&number().to_string(), |ran| {
        assert!(
            !ran.is_ended_by_a_signal(),
            "{} a signal ends the program.\nThat is what this signal does, unless the program \
             says before what is to be done at its arrival.",
            ran.call
        );
    });
}

/// A kick before KVM_RUN makes that KVM_RUN return.
#[test]
fn a_kick_that_comes_before_kvm_run_is_not_lost() {
    on_all(&number().to_string(), |ran| {
        ran.prints(
            "kicked before KVM_RUN: EINTR; the guest has not counted",
            "The signal has come and gone when KVM_RUN begins. Something has to be left behind that \
             KVM_RUN looks at: `struct kvm_run` has a byte for it.",
        );
    });
}

/// A kick during KVM_RUN makes it return, though the guest counts on.
#[test]
fn a_kick_ends_the_kvm_run_of_a_guest_that_counts() {
    on_all(&number().to_string(), |ran| {
        ran.prints(
            "kicked during KVM_RUN: EINTR; the guest has counted",
            "If it has not counted, the first kick is not forgotten yet. If the line is missing, \
             KVM_RUN goes on: it is a signal to its thread that ends it.",
        );
    });
}

/// After the kicks the guest runs on to its end.
#[test]
fn afterwards_the_guest_goes_on() {
    let number = number();
    on_all(&number.to_string(), |ran| {
        let look = "After `forget`, the vCPU runs on as before the kick.";
        ran.succeeds(look);
        ran.prints(&format!("port 0x10: {number}"), look);
    });
}

fn number() -> u8 {
    fastrand::u8(1..)
}
