// SPDX-License-Identifier: MIT OR Apache-2.0

//! What fails when too much is open.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::path::PathBuf;
use std::process;

use nix::mount::{MntFlags, MsFlags, mount, umount2};

/// The number that the next descriptor will have; one more descriptor of `fd` tells.
pub fn lowest_free(fd: impl AsFd) -> RawFd {
    let next = fd.as_fd().try_clone_to_owned();
    next.expect("no limit is reached").as_raw_fd()
}

/// The system's limit of open files, `/proc/sys/fs/file-max`, lowered until this is dropped.
///
/// It is no limit for who has `CAP_SYS_ADMIN`: see `alloc_empty_file()` in `fs/file_table.c`.
pub struct FileMax {
    before: String,
}

impl FileMax {
    const PATH: &str = "/proc/sys/fs/file-max";

    /// Lowers the limit to where no more files can be opened.
    pub fn reached() -> Self {
        let before = fs::read_to_string(Self::PATH)
            .unwrap_or_else(|error| panic!("{}: {error}: is CONFIG_SYSCTL set?", Self::PATH));
        // The kernel first looks at an estimate, which may be 0 while some are open.
        fs::write(Self::PATH, "0").expect(Self::PATH);
        FileMax { before }
    }
}

impl Drop for FileMax {
    fn drop(&mut self) {
        fs::write(Self::PATH, &self.before).expect(Self::PATH);
    }
}

/// A memory cgroup of a test's own, until this is dropped.
pub struct MemoryCgroup {
    path: PathBuf,
}

impl MemoryCgroup {
    const ROOT: &str = "/sys/fs/cgroup";

    /// Makes one that nobody is in.
    pub fn create() -> Self {
        let nothing = None::<&str>;
        mount(
            nothing,
            Self::ROOT,
            Some("cgroup2"),
            MsFlags::empty(),
            nothing,
        )
        .unwrap_or_else(|error| panic!("{}: {error}: is CONFIG_MEMCG set?", Self::ROOT));
        let control = format!("{}/cgroup.subtree_control", Self::ROOT);
        fs::write(control, "+memory").expect("the memory controller");
        let path = PathBuf::from(format!("{}/test", Self::ROOT));
        fs::create_dir(&path).expect("a cgroup");
        MemoryCgroup { path }
    }

    /// Moves this process into it.
    pub fn enter(&self) {
        let pid = process::id().to_string();
        fs::write(self.path.join("cgroup.procs"), pid).expect("cgroup.procs");
    }

    /// How many bytes are charged to it now.
    pub fn charged(&self) -> usize {
        let current = fs::read_to_string(self.path.join("memory.current"));
        let current = current.expect("memory.current");
        current.trim().parse().expect("a number")
    }
}

impl Drop for MemoryCgroup {
    fn drop(&mut self) {
        fs::remove_dir(&self.path).expect("an empty cgroup");
        umount2(Self::ROOT, MntFlags::empty()).expect("cgroup2 is ours to unmount");
    }
}
