// SPDX-License-Identifier: MIT OR Apache-2.0

use std::fs::{self, Permissions};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;

use cpio::newc::Reader;
use tempfile::TempDir;

use super::{Content, GuestFile, initramfs};

/// Returns name, mode and content of every entry.
fn entries(mut archive: impl Read) -> Vec<(String, u32, String)> {
    let mut entries = Vec::new();
    loop {
        let mut reader = Reader::new(archive).unwrap();
        if reader.entry().is_trailer() {
            return entries;
        }
        let mut content = String::new();
        reader.read_to_string(&mut content).unwrap();
        let entry = reader.entry();
        entries.push((entry.name().to_owned(), entry.mode(), content));
        archive = reader.finish().unwrap();
    }
}

fn file(path: &str, content: Content) -> GuestFile {
    GuestFile {
        path: path.into(),
        content,
    }
}

#[test]
fn files_come_with_their_mode_after_their_directories_by_their_paths() {
    let host = TempDir::new().unwrap();
    let script = host.path().join("script");
    fs::write(&script, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();

    let archive = initramfs(&[
        file("/usr/bin/script", Content::HostFile(script)),
        file("/usr/bin/link", Content::Symlink("script".into())),
    ])
    .unwrap();

    let expected = [
        ("usr", 0o040_755, ""),
        ("usr/bin", 0o040_755, ""),
        ("usr/bin/link", 0o120_777, "script"),
        ("usr/bin/script", 0o100_755, "#!/bin/sh\n"),
    ];
    let expected = expected.map(|(name, mode, content)| (name.into(), mode, content.into()));
    assert_eq!(entries(archive), expected);
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_its_place_in_the_guest() {
    let missing = file("/bin/tool", Content::HostFile("/nonexistent/tool".into()));
    let error = format!("{:#}", initramfs(&[missing]).unwrap_err());
    assert!(
        error.starts_with("cannot put /bin/tool into the guest: cannot read /nonexistent/tool"),
        "{error}"
    );
}
