// SPDX-License-Identifier: MIT OR Apache-2.0

//! The commands in the teacher's guide do what it says. The lab's own tests run those that need a kernel: here
//! they are only compared with the lab's commands and the Makefile. A browser test runs the one that prints.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::source::{book, read_toml, repository};

/// Starts the first command, then sends two seats' lines by the second, in a network namespace.
const COLLECT: &str = r#"
busybox ifconfig lo up
sh -c "exec $1" & teacher=$!
tries=0
until busybox netstat -ltn | grep -q ':7777 ' || [ $tries = 100 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
for seat in seat-01 seat-02; do
    # On standard error would be what came back to the seat.
    echo "ready: bo@$seat" | sh -c "$2" | sed 's/^/sent back: /' >&2
done
sleep 0.5
kill $teacher
"#;

#[test]
fn the_seats_lines_appear_on_the_teacher_s_screen() {
    let commands = commands();
    let find = |start: &str| {
        let command = commands.iter().find(|it| it.starts_with(start));
        command.unwrap_or_else(|| panic!("the guide has no {start}"))
    };
    let teacher = find("busybox nc -ll");
    let (seat, sends) = find("cargo lab ready |").split_once("| ").expect("a pipe");
    assert_eq!(seat.trim(), "cargo lab ready", "what each seat runs");
    // No network has the guide's address.
    let sends = sends.replace("192.0.2.1", "127.0.0.1");
    let output = Command::new("unshare")
        .args(["--map-root-user", "--net", "sh", "-c", COLLECT, "sh"])
        .args([teacher, &sends])
        .output()
        .expect("unshare, of util-linux");
    let shown = [&output.stdout[..], &output.stderr].concat();
    let shown = String::from_utf8_lossy(&shown);
    assert_eq!(shown, "ready: bo@seat-01\nready: bo@seat-02\n", "{teacher}");
}

#[test]
fn a_cache_is_packed_and_unpacked() {
    let [from, to] = ["prepared", "seat"].map(home);
    for file in [".cache/hiboma-rs/kernel", ".cargo/registry/crate"] {
        let path = from.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, file).expect("a file");
    }
    let commands = commands();
    let tar: Vec<_> = commands.iter().filter(|it| it.starts_with("tar")).collect();
    let [pack, unpack] = tar[..] else {
        panic!("one command to pack and one to unpack, not {tar:?}")
    };
    succeeds(pack, &from, &from);
    fs::rename(from.join("lab.tar.gz"), to.join("lab.tar.gz")).expect("the archive");
    succeeds(unpack, &to, &to);
    for file in [".cache/hiboma-rs/kernel", ".cargo/registry/crate"] {
        let text = fs::read_to_string(to.join(file));
        assert_eq!(text.expect(file), file, "{pack}; {unpack}");
    }
}

#[test]
fn every_other_command_is_one_that_there_is() {
    for command in commands() {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words[..] {
            // Tested above.
            ["busybox" | "tar", ..] => {}
            ["make", target] => {
                succeeds(&format!("make -n {target}"), repository(), repository());
            }
            ["cargo", "lab", name, ..] => {
                let file = format!("userspace/lab/src/commands/{name}.rs");
                assert!(repository().join(file).exists(), "{command}");
            }
            ["git", name, ..] => {
                let usage = run(&format!("git {name} -h"), repository(), repository());
                // The exit codes of git after explaining a command.
                assert!(matches!(usage.status.code(), Some(0 | 129)), "{command}");
            }
            _ => panic!("nothing tests {command}"),
        }
    }
}

/// The packages that "Installing" asks for first have the same names in `cargo lab doctor`.
#[test]
fn the_first_packages_are_those_of_doctor() {
    #[derive(serde::Deserialize)]
    struct Prerequisites {
        prerequisite: Vec<toml::Table>,
    }
    let path = "userspace/lab/src/doctor/prerequisites.toml";
    let all: Prerequisites = read_toml(path);
    let page = fs::read_to_string(book().join("src/installing.md")).expect("the page is there");
    for (row, key) in [
        ("| Debian, Ubuntu |", "debian"),
        ("| Fedora |", "fedora"),
        ("| Arch |", "arch"),
        ("| openSUSE |", "suse"),
    ] {
        let row = page.lines().find(|line| line.starts_with(row));
        let row = row.unwrap_or_else(|| panic!("no row for {key}"));
        for tool in ["gcc", "make"] {
            let mut entries = all.prerequisite.iter();
            let entry = entries.find(|it| it["name"].as_str() == Some(tool));
            let packages = entry.and_then(|it| it[key].as_array());
            for package in packages.unwrap_or_else(|| panic!("{path}: no {tool}")) {
                let package = package.as_str().expect("a name");
                let words = row.split([' ', '`']);
                assert!(
                    words.into_iter().any(|it| it == package),
                    "{row}: {package}"
                );
            }
        }
    }
}

/// Returns the guide's code that begins with a program.
fn commands() -> Vec<String> {
    let guide = fs::read_to_string(book().join("src/teaching.md")).expect("the guide is there");
    let programs = ["busybox ", "cargo ", "git ", "make ", "tar "];
    let spans = guide.split('`').skip(1).step_by(2);
    let commands = spans.filter(|span| programs.iter().any(|it| span.starts_with(it)));
    // In a table cell, `|` is escaped by a backslash.
    let commands: Vec<_> = commands.map(|it| it.replace("\\|", "|")).collect();
    assert!(commands.len() > 10, "no commands");
    commands
}

/// Creates an empty folder.
fn home(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder");
    path
}

fn run(command: &str, home: &Path, folder: &Path) -> Output {
    Command::new("sh")
        .args(["-c", command])
        .env("HOME", home)
        .current_dir(folder)
        .output()
        .expect("a shell")
}

fn succeeds(command: &str, home: &Path, folder: &Path) {
    let output = run(command, home, folder);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command}: {errors}");
}
