// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where nobody takes what the lab prints, that is no fault of the lab's.

use std::process::{Command, Output};

fn shell(script: &str) -> Output {
    let mut shell = Command::new("bash");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_lab")]);
    shell.output().unwrap()
}

#[test]
fn a_closed_pipe_ends_it_silently() {
    for command in [
        "exercise list",
        "doctor",
        "exercise hint 1",
        "kdir",
        "source misc_open",
    ] {
        let script = format!("\"$0\" {command} | true; exit ${{PIPESTATUS[0]}}");
        let output = shell(&script);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!stderr.contains("panicked"), "{command}: {stderr}");
    }
    // One that prints more than a pipe holds.
    let output = shell("\"$0\" completion bash | true; exit ${PIPESTATUS[0]}");
    assert_eq!(output.status.code(), Some(141));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_full_disk_is_one_sentence() {
    for command in ["exercise list", "doctor", "completion bash"] {
        let output = shell(&format!("\"$0\" {command} > /dev/full"));
        assert_eq!(output.status.code(), Some(125), "{command}");
        let told = "cargo lab: cannot write the output: No space left on device (os error 28)\n";
        assert_eq!(String::from_utf8_lossy(&output.stderr), told, "{command}");
    }
}
