// SPDX-License-Identifier: MIT OR Apache-2.0

//! The limits of a compiler that an attacker controls: also
//! if the kernel allows no namespaces, as in most containers.

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::process::{Command, Output};

use crate::server::PROGRAM;

/// What the kernel allows the sandbox, as a shell command.
const KERNELS: [&str; 4] = [
    "true",
    // No namespaces.
    "echo 0 > /proc/sys/user/max_user_namespaces",
    // No own /proc, because a part of this one is hidden.
    "mount -t tmpfs none /proc/sys",
    // Namespaces, but no name for the user in them, as AppArmor does it on Ubuntu.
    "mount --rbind /proc /proc && mount -o remount,bind,ro /proc",
];

/// Runs a script in the compiler's sandbox.
fn run(kernel: &str, script: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let outer = format!("{kernel} && exec \"$@\"");
    let mut command = Command::new("unshare");
    command.args([
        "--mount",
        "--map-root-user",
        "sh",
        "-c",
        &outer,
        "sh",
        PROGRAM,
        "confined",
        "--write",
    ]);
    command
        .arg(folder.path())
        .args(["--", "bash", "-c", script]);
    command.current_dir(&folder).env("TMPDIR", folder.path());
    command.output().unwrap()
}

#[test]
fn nothing_gets_out_by_the_network() {
    let (udp, tcp) = (
        UdpSocket::bind("127.0.0.1:0").unwrap(),
        TcpListener::bind("127.0.0.1:0").unwrap(),
    );
    let ports = [
        ("udp", udp.local_addr().unwrap()),
        ("tcp", tcp.local_addr().unwrap()),
    ];
    udp.set_nonblocking(true).unwrap();
    tcp.set_nonblocking(true).unwrap();
    for kernel in KERNELS {
        for (protocol, address) in ports {
            let port = address.port();
            let script = format!("echo told > /dev/{protocol}/127.0.0.1/{port}");
            let output = run(kernel, &script);
            let line = String::from_utf8(output.stderr).unwrap();
            assert!(
                line.contains("socket: Permission denied"),
                "{kernel}: {line}"
            );
        }
        assert!(udp.recv(&mut [0; 16]).is_err(), "{kernel}");
        assert!(tcp.accept().is_err(), "{kernel}");
    }
}

#[test]
fn a_compiler_runs_whatever_the_kernel_grants_and_reads_no_file_of_the_machine() {
    for kernel in KERNELS {
        let output = run(
            kernel,
            "echo 'int main;' > a.c && gcc -c a.c && ls a.o && cat /etc/passwd",
        );
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            "a.o\n",
            "{kernel}"
        );
        let line = String::from_utf8(output.stderr).unwrap();
        assert_eq!(line, "cat: /etc/passwd: Permission denied\n", "{kernel}");
    }
}

#[test]
fn nobody_else_s_memory_can_be_read() {
    let pid = std::process::id();
    assert!(fs::read(format!("/proc/{pid}/environ")).is_ok());
    for kernel in KERNELS {
        let output = run(kernel, &format!("cat /proc/{pid}/environ"));
        assert!(output.stdout.is_empty(), "{kernel}");
        assert!(!output.status.success(), "{kernel}");
    }
}
