// SPDX-License-Identifier: MIT OR Apache-2.0

//! strace for the guest: the machine's own, with the shared libraries that it is linked to.

use std::path::Path;

use anyhow::{Context, Result};
use duct::cmd;

use crate::child;
use crate::image::{Content, GuestFile};

/// Where it is in the guest.
const STRACE: &str = "/bin/strace";

/// strace, its libraries, and the dynamic linker, each where the linker looks for it.
pub fn get() -> Result<Vec<GuestFile>> {
    let strace = child::on_path("strace").context("no strace: see `cargo lab doctor`")?;
    // It fails for a static program, which needs none.
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

/// The file in one of ldd's lines, `name => /path (address)` or `/path (address)`; the kernel's own
/// has none.
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
