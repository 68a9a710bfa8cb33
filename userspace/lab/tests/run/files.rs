// SPDX-License-Identifier: MIT OR Apache-2.0

//! `--file` puts files of the host where the command starts.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lab_protocol::HOME;
use tempfile::TempDir;

use crate::lab::{assert_output, output, run};
use crate::process::Lab;

fn file(directory: &TempDir, name: &str, content: &str, mode: u32) -> PathBuf {
    let path = directory.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_static_program_of_one_s_own_runs() {
    let directory = TempDir::new().unwrap();
    let source = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 3; }\n";
    let source = file(&directory, "hello.c", source, 0o644);
    let program = directory.path().join("hello");
    let cc = Command::new("cc")
        .arg("-static")
        .arg("-o")
        .args([&program, &source])
        .status();
    assert!(
        cc.unwrap().success(),
        "a C compiler that links statically is needed"
    );

    let output = output(&["--file", text(&program), "--", "./hello"]);
    assert_output(&output, 3, "hello\n", "");
}

#[test]
fn files_arrive_with_content_and_mode() {
    let directory = TempDir::new().unwrap();
    let script = file(&directory, "count", "#!/bin/sh\nwc -l < \"$1\"\n", 0o755);
    let data = file(&directory, "some data.txt", "1\n2\n3\n", 0o640);

    let files = ["--file", text(&script), "-f", text(&data)];
    let counted = output(&[&files[..], &["--", "./count", "some data.txt"]].concat());
    assert_output(&counted, 0, "3\n", "");
    let modes = output(
        &[
            &files[..],
            &["--", "stat", "-c", "%a %n", "count", "some data.txt"],
        ]
        .concat(),
    );
    assert_output(&modes, 0, "755 count\n640 some data.txt\n", "");
}

#[test]
fn a_script_that_is_not_executable_is_told_what_makes_it_so() {
    let directory = TempDir::new().unwrap();
    let script = file(&directory, "script", "#!/bin/sh\necho hello\n", 0o644);
    let told =
        "./script: it is not executable: on the host, `chmod +x` the file, then run it again\n";
    let refused = output(&["--file", text(&script), "--", "./script"]);
    assert_output(&refused, 126, "", told);
}

#[test]
fn a_program_without_its_interpreter_is_told_from_one_that_is_not_there() {
    let directory = TempDir::new().unwrap();
    let script = file(&directory, "script", "#!/nonexistent/python\n", 0o755);
    let output = output(&["--file", text(&script), "--", "./script"]);
    assert_eq!(output.status.code(), Some(126));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("./script: the guest does not have the dynamic linker"),
        "{stderr}"
    );
}

#[test]
fn a_file_of_the_guest_comes_back() {
    let directory = TempDir::new().unwrap();
    let script = "printf '\\0\\377end' > made; mkdir a; echo b > a/b";
    let mut lab = run(&[
        "--out",
        "made",
        "--out",
        &format!("{HOME}/a/b"),
        "--",
        "sh",
        "-c",
        script,
    ]);
    let lab = lab.stdin(Stdio::null()).current_dir(directory.path());
    assert_output(&Lab::spawn(lab).output(), 0, "", "");
    assert_eq!(
        fs::read(directory.path().join("made")).unwrap(),
        b"\0\xffend"
    );
    assert_eq!(fs::read(directory.path().join("b")).unwrap(), b"b\n");
}

#[test]
fn a_file_that_was_not_made_is_an_error() {
    let told = "cargo lab: --out nothing: the guest has no such file now that the command has ended; a \
                relative path is from /root\n";
    assert_output(&output(&["--out", "nothing", "--", "true"]), 125, "", told);
}

#[test]
fn a_missing_file_is_an_error_before_anything_is_booted() {
    let output = output(&["--file", "nonexistent", "--", "echo", "booted"]);
    assert_output(
        &output,
        125,
        "",
        "cargo lab: --file nonexistent: No such file or directory (os error 2)\n",
    );
}

#[test]
fn two_files_of_one_name_are_an_error() {
    let directory = TempDir::new().unwrap();
    let one = file(&directory, "one/data", "1", 0o644);
    let two = file(&directory, "two/data", "2", 0o644);
    let (one, two) = (text(&one), text(&two));

    let output = output(&["--file", one, "--file", two, "--", "cat", "data"]);
    let message = format!(
        "cargo lab: --file {one} and --file {two} would both be {HOME}/data in the guest\n"
    );
    assert_output(&output, 125, "", &message);
}
