// SPDX-License-Identifier: MIT OR Apache-2.0

//! The numbers that userspace was promised, which may never change: each once more as a literal,
//! and compared with the C header.

use std::path::Path;
use std::process::Command;

use hiboma::uapi;

const HIBOMA_ANON_COUNT: u64 = nix::request_code_none!(uapi::HIBOMAIO, uapi::HIBOMA_ANON_COUNT_NR);

#[test]
fn the_numbers_are_as_promised() {
    assert_eq!(uapi::DEVICE_PATH, "/dev/hiboma");
    assert_eq!(uapi::HIBOMA_VERSION, 110);
    assert_eq!(uapi::HIBOMA_GET_VERSION, 0);
    assert_eq!(uapi::HIBOMA_OPEN_FD, 1);
    assert_eq!(uapi::HIBOMAIO, 0xBB);
    assert_eq!(HIBOMA_ANON_COUNT, 0xBB00);
}

#[test]
fn the_c_header_has_the_same_numbers() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let printed = print_from_c(
        &repository.join("comparisons/c"),
        "hiboma.h",
        &[
            "HIBOMA_VERSION",
            "HIBOMA_GET_VERSION",
            "HIBOMA_OPEN_FD",
            "HIBOMAIO",
            "HIBOMA_ANON_COUNT",
        ],
    );
    let ours = [
        u64::from(uapi::HIBOMA_VERSION),
        u64::from(uapi::HIBOMA_GET_VERSION),
        u64::from(uapi::HIBOMA_OPEN_FD),
        u64::from(uapi::HIBOMAIO),
        HIBOMA_ANON_COUNT,
    ];
    assert_eq!(printed, ours);
}

/// Lets a C compiler evaluate `names` from `header`.
fn print_from_c(include: &Path, header: &str, names: &[&str]) -> Vec<u64> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let source = directory.path().join("print.c");
    let program = directory.path().join("print");
    let prints: String = names
        .iter()
        .map(|name| format!("printf(\"%llu\\n\", (unsigned long long)({name}));\n"))
        .collect();
    std::fs::write(
        &source,
        format!("#include <stdio.h>\n#include \"{header}\"\nint main(void) {{\n{prints}}}\n"),
    )
    .expect("the source is written");

    let compiled = Command::new("cc")
        .arg("-I")
        .arg(include)
        .arg("-o")
        .arg(&program)
        .arg(&source)
        .status()
        .expect("a C compiler, `cc`, is needed here: install gcc");
    assert!(compiled.success(), "{header} does not compile");

    let output = Command::new(&program).output().expect("it runs");
    String::from_utf8(output.stdout)
        .expect("digits")
        .lines()
        .map(|line| line.parse().expect("a number"))
        .collect()
}
