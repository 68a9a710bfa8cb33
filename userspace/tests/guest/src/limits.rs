// SPDX-License-Identifier: MIT OR Apache-2.0

//! Failures when too many files are open.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, RawFd};

/// Returns the number of the next descriptor, by duplicating `fd` for a moment.
pub fn lowest_free(fd: impl AsFd) -> RawFd {
    let next = fd.as_fd().try_clone_to_owned();
    next.expect("no limit is reached").as_raw_fd()
}

/// The system's limit of open files, `/proc/sys/fs/file-max`, lowered until this is dropped.
///
/// A process with `CAP_SYS_ADMIN` has no limit: see `alloc_empty_file()` in `fs/file_table.c`.
pub struct FileMax {
    before: String,
}

impl FileMax {
    const PATH: &str = "/proc/sys/fs/file-max";

    /// Lowers the limit so that no more files can be opened.
    pub fn reached() -> Self {
        let before = fs::read_to_string(Self::PATH)
            .unwrap_or_else(|error| panic!("{}: {error}: is CONFIG_SYSCTL set?", Self::PATH));
        // The kernel first checks an estimate, which may be 0 while some files are open.
        fs::write(Self::PATH, "0").expect(Self::PATH);
        FileMax { before }
    }
}

impl Drop for FileMax {
    fn drop(&mut self) {
        fs::write(Self::PATH, &self.before).expect(Self::PATH);
    }
}
