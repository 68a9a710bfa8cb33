// SPDX-License-Identifier: MIT OR Apache-2.0

use crate::program::on_all;

/// The signal of a kick does not end the program.
#[test]
fn a_kick_does_not_end_the_program() {
    on_all(&number().to_string(), |ran| {
        assert!(
            !ran.is_ended_by_a_signal(),
            "{}\nA signal killed it.\nThat is the signal's default action. The program must choose \
             another action before the signal arrives.",
            ran.call
        );
    });
}

/// A kick before KVM_RUN makes that KVM_RUN return.
#[test]
fn a_kick_before_kvm_run_is_not_lost() {
    on_all(&number().to_string(), |ran| {
        ran.prints(
            "kicked before KVM_RUN: EINTR; the guest has not counted",
            "When KVM_RUN begins, the signal has already been handled. The kick must leave \
             something behind that KVM_RUN checks: `struct kvm_run` has a byte for it.",
        );
    });
}

/// A kick during KVM_RUN makes it return, although the guest does not stop by itself.
#[test]
fn a_kick_during_kvm_run_makes_it_return() {
    on_all(&number().to_string(), |ran| {
        ran.prints(
            "kicked during KVM_RUN: EINTR; the guest has counted",
            "If the guest has not counted, the first kick was not forgotten. If the line is \
             missing, KVM_RUN did not return: a signal to its thread makes it return.",
        );
    });
}

/// After the kicks, the guest runs to its end.
#[test]
fn after_the_kicks_the_guest_runs_to_its_end() {
    let number = number();
    on_all(&number.to_string(), |ran| {
        let look = "After `forget`, KVM_RUN must run the guest as it did before the kick.";
        ran.succeeds(look);
        ran.prints(&format!("port 0x10: {number}"), look);
    });
}

fn number() -> u8 {
    fastrand::u8(1..)
}
