// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab demo`, as somebody sees it who has just come.

use std::process::Command;

#[test]
fn both_devices_are_shown_and_what_to_do_next() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_lab"));
    let output = demo.arg("demo").output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}");
    for text in ["/dev/hiboma", "/dev/kvm", "KVM_EXIT_HLT"] {
        assert!(told.contains(text), "no {text} in {told}");
    }
    let (_, next) = told.split_once("What to do next:").expect(&told);
    for command in ["make serve", "cargo lab shell", "cargo lab exercise"] {
        assert!(next.contains(command), "no {command} in {next}");
    }
}
