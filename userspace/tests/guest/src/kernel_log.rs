// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel log.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;

use nix::libc::O_NONBLOCK;

/// Messages that are unrelated to the module under test, and come at any time.
const NO_MODULES: [&str; 3] = [
    // The chosen clock, a second after the boot.
    "clocksource: ",
    // Once, if the host was too busy to run the timer in time.
    "hrtimer: interrupt took ",
    // At the limit of open files, but only if more are open than at the last such message.
    "VFS: file-max limit ",
];

/// A reader of `/dev/kmsg`, the source of `dmesg`.
pub struct KernelLog(File);

impl KernelLog {
    /// Opens the log at its end, skipping all earlier messages.
    pub fn from_here() -> Self {
        let mut kmsg = File::options()
            .read(true)
            .custom_flags(O_NONBLOCK)
            .open("/dev/kmsg")
            .expect("root may read /dev/kmsg");
        kmsg.seek(SeekFrom::End(0)).expect("/dev/kmsg can seek");
        KernelLog(kmsg)
    }

    /// Returns the messages since, without the prefix that `dmesg` prints.
    pub fn messages(&mut self) -> Vec<String> {
        let mut messages = Vec::new();
        // Each read returns one record: `priority,sequence,time,flags;message` and a newline.
        let mut record = [0; 8192];
        loop {
            match self.0.read(&mut record) {
                Ok(length) => {
                    let record = String::from_utf8_lossy(&record[..length]);
                    let (_, message) = record.split_once(';').expect("a record has a `;`");
                    let message = message.lines().next().unwrap_or_default();
                    if !NO_MODULES.iter().any(|start| message.starts_with(start)) {
                        messages.push(message.to_owned());
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return messages,
                Err(error) => panic!("/dev/kmsg: {error}"),
            }
        }
    }
}
