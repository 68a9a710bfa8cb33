// SPDX-License-Identifier: MIT OR Apache-2.0

//! strace for the guest: the host's own, with the shared libraries that it is linked to.

use std::path::Path;

use anyhow::{Context, Result};
use duct::cmd;

use crate::child;
use crate::image::{Content, GuestFile};

/// Its path in the guest.
const STRACE: &str = "/bin/strace";

/// Returns strace, its libraries, and the dynamic linker, at the paths where the linker looks.
pub fn get() -> Result<Vec<GuestFile>> {
    let strace = child::on_path("strace").context("no strace: see `cargo lab doctor`")?;
    // ldd fails for a static program, which needs no libraries.
    let libraries = cmd!("ldd", &strace).stderr_null().unchecked().read()?;
    let libraries = libraries.lines().filter_map(path).map(|path| GuestFile {
        path: path.to_owned(),
        content: Content::HostFile(path.into()),
    });
    let mut files: Vec<_> = libraries.collect();
    files.push(GuestFile {
        path: STRACE.to_owned(),
        content: Content::HostFile(strace),
    });
    Ok(files)
}

/// Returns the path in a line of ldd, `name => /path (address)` or `/path (address)`. The vDSO's
/// line has none.
fn path(line: &str) -> Option<&str> {
    line.split_whitespace()
        .find(|word| Path::new(word).is_absolute())
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn libraries_are_found_in_what_ldd_prints() {
        let libc = "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f3f88c1e000)";
        assert_eq!(path(libc), Some("/lib/x86_64-linux-gnu/libc.so.6"));
        let linker = "\t/lib64/ld-linux-x86-64.so.2 (0x00007f3f890d4000)";
        assert_eq!(path(linker), Some("/lib64/ld-linux-x86-64.so.2"));
        assert_eq!(path("\tlinux-vdso.so.1 (0x00007f3f890d2000)"), None);
    }
}
