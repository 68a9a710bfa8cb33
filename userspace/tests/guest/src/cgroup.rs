// SPDX-License-Identifier: MIT OR Apache-2.0

//! A limit on what a process may use.
//!
//! Reference: [`admin-guide/cgroup-v2`](srctree/Documentation/admin-guide/cgroup-v2.rst).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::id;

/// The mount point in the lab's guest.
const ROOT: &str = "/sys/fs/cgroup";

/// A cgroup for the processes of one test. Dropping this removes it, once they have exited.
pub struct Cgroup(PathBuf);

impl Cgroup {
    /// Creates a cgroup with a limit: the name of a file such as `cpu.max`, and its new content.
    ///
    /// # Panics
    ///
    /// Panics if the kernel has no such controller.
    pub fn with(file: &str, limit: &str) -> Self {
        let (controller, _) = file.split_once('.').expect("a controller's file");
        write(
            Path::new(ROOT),
            "cgroup.subtree_control",
            &format!("+{controller}"),
        );
        let path = Path::new(ROOT).join(format!("test-{}", id()));
        fs::create_dir(&path).expect("a new cgroup");
        write(&path, file, limit);
        Cgroup(path)
    }

    /// Moves this process into the cgroup.
    pub fn enter(&self) {
        write(&self.0, "cgroup.procs", "0");
    }

    /// Returns the number of bytes that are charged to the cgroup now.
    pub fn memory_current(&self) -> usize {
        let current = fs::read_to_string(self.0.join("memory.current"));
        current
            .expect("memory.current")
            .trim()
            .parse()
            .expect("a number")
    }

    /// Returns a value from one of its files that have a name and a number on each line.
    pub fn value(&self, file: &str, name: &str) -> u64 {
        let text = fs::read_to_string(self.0.join(file)).expect("a cgroup's file");
        let value = text.lines().find_map(|line| line.strip_prefix(name));
        let value = value.unwrap_or_else(|| panic!("{file} has no {name}"));
        value.trim().parse().expect("a number")
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        fs::remove_dir(&self.0).expect("nobody is in the cgroup");
    }
}

fn write(folder: &Path, file: &str, value: &str) {
    let path = folder.join(file);
    fs::write(&path, value).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
