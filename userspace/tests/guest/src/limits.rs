// SPDX-License-Identifier: MIT OR Apache-2.0

//! What fails when too much is open.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, RawFd};

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
