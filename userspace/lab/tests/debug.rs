// SPDX-License-Identifier: MIT OR Apache-2.0

//! `cargo lab debug`: gdb in the kernel, at a script and by an editor's protocol, and what is said where it cannot start.
//!
//! What the book's sessions print is compared by `cargo lab test`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use tempfile::TempDir;

fn lab(arguments: &[&str]) -> Command {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg("debug").args(arguments).stdin(Stdio::null());
    lab
}

/// Runs a command in a guest with gdb, which reads this script.
fn script(text: &str, options: &[&str], command: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("script.gdb");
    std::fs::write(&file, text).unwrap();
    let script = ["--script", file.to_str().unwrap()];
    let all = [options, &script, &["--"], command].concat();
    lab(&all).output().unwrap()
}

/// What gdb prints of a script that succeeds.
#[track_caller]
fn session(text: &str, command: &[&str]) -> String {
    let output = script(text, &[], command);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn gdb_goes_from_the_line_of_a_program_into_the_line_of_the_module() {
    let text = "\
        tbreak 5-create-vcpu/main.rs:10\n\
        continue\n\
        tbreak module/vm/create_vcpu.rs:30\n\
        continue\n\
        print arg\n\
        print vm\n\
        backtrace\n";
    let told = session(text, &["5-create-vcpu", "/dev/hiboma"]);
    let in_order = [
        "main () at userspace/pairs/5-create-vcpu/main.rs:10",
        "create_vcpu::ioctl",
        "module/vm/create_vcpu.rs:30",
        "$1 = 0",
        "refcount = 1",
        "vcpu_ids",
        "__x64_sys_ioctl",
        "fs/ioctl.c:",
    ];
    let mut rest = &*told;
    for part in in_order {
        let at = rest.find(part);
        rest = &rest[at.unwrap_or_else(|| panic!("{part:?} is missing in\n{told}"))..];
    }
}

#[test]
fn the_c_twin_is_debugged_by_its_lines_too() {
    let text = "break hiboma_device_ioctl\ncontinue\nbacktrace 1\n";
    let output = script(text, &["--load", "hiboma_c.ko"], &["2-version-hiboma"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("comparisons/c/hiboma"), "{told}");
}

#[test]
fn when_the_command_has_ended_gdb_goes_on() {
    let output = script(
        "continue\nprint 6 * 7\n",
        &[],
        &["sh", "-c", "echo from here; exit 3"],
    );
    let (told, said) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert!(told.contains("$1 = 42"), "{told}");
    assert!(said.contains("from here"), "{said}");
    assert!(said.contains("has ended, status 3"), "{said}");
}

#[test]
fn an_error_in_the_script_is_gdb_s_and_ends_the_lab() {
    let output = script(
        "break no_such_function_in_it\nprint no_such_symbol\n",
        &[],
        &["true"],
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("No symbol \"no_such_symbol\""), "{said}");
    assert_eq!(output.status.code(), Some(1));
}

/// A lab that waits for an editor's gdb.
fn waiting(port: u16) -> (Child, BufReader<ChildStderr>) {
    let port = port.to_string();
    let arguments = ["--port", &port, "--", "5-create-vcpu", "/dev/hiboma"];
    let mut child = lab(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("The guest waits for gdb") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "the lab has ended");
    }
    (child, said)
}

#[test]
fn an_editor_connects_by_a_port_and_breaks_on_a_line() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let (mut lab, _said) = waiting(port);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or(format!("{root}/target"));
    // In the order in which VS Code's C/C++ extension sends them.
    let commands = format!(
        "-file-exec-and-symbols {target}/vmlinux.debug\n\
         -break-insert -f module/vm/create_vcpu.rs:30\n\
         -target-select remote localhost:{port}\n\
         -interpreter-exec console \"source {target}/debug.gdb\"\n\
         -exec-continue\n"
    );
    let mut gdb = Command::new("gdb");
    gdb.args(["-nx", "-q", "--interpreter=mi2"]);
    let mut gdb = (gdb.stdin(Stdio::piped()).stdout(Stdio::piped()))
        .spawn()
        .unwrap();
    let mut input = gdb.stdin.take().unwrap();
    input.write_all(commands.as_bytes()).unwrap();
    let told = BufReader::new(gdb.stdout.take().unwrap()).lines();
    let stop = told
        .map(Result::unwrap)
        .find(|line| line.contains("breakpoint-hit"));
    let stop = stop.expect("a stop at the breakpoint");
    assert!(
        stop.contains("create_vcpu.rs") && stop.contains("line=\"30\""),
        "{stop}"
    );
    gdb.kill().unwrap();
    gdb.wait().unwrap();
    lab.kill().unwrap();
    lab.wait().unwrap();
}

/// What a start that fails says last.
#[track_caller]
fn refusal(lab: &mut Command) -> String {
    let output = lab.output().unwrap();
    assert_eq!(output.status.code(), Some(125));
    let stderr = String::from_utf8(output.stderr).unwrap();
    let (_, told) = stderr.rsplit_once("cargo lab: ").expect(&stderr);
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_cannot_start_is_told_before_anything_is_built() {
    let told = refusal(&mut lab(&["--script", "/nowhere.gdb", "--", "true"]));
    assert_eq!(
        told,
        "--script /nowhere.gdb: No such file or directory (os error 2)"
    );

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let told = refusal(&mut lab(&["--port", &port, "--", "true"]));
    assert_eq!(
        told,
        format!("--port {port}: Address already in use (os error 98)")
    );

    let nothing = TempDir::new().unwrap();
    let told = refusal(lab(&["--", "true"]).env("PATH", nothing.path()));
    assert_eq!(told, "no gdb: `cargo lab doctor` says what installs it");
}
