// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the kernel says.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;

use nix::libc::O_NONBLOCK;

/// What the kernel says whichever module is tried, and at a time of its own.
const NO_MODULES: [&str; 3] = [
    // A second after the boot, which clock it has chosen.
    "clocksource: ",
    // Once, when the machine below it was too busy to run it in time.
    "hrtimer: interrupt took ",
    // At its limit of open files, but only if more are open than when it last said so.
    "VFS: file-max limit ",
];

/// A reader of `/dev/kmsg`, which is what `dmesg` shows.
pub struct KernelLog(File);

impl KernelLog {
    /// Starts to listen: what has been said before is passed over.
    pub fn from_here() -> Self {
        let mut kmsg = File::options()
            .read(true)
            .custom_flags(O_NONBLOCK)
            .open("/dev/kmsg")
            .expect("root may read /dev/kmsg");
        kmsg.seek(SeekFrom::End(0)).expect("/dev/kmsg can seek");
        KernelLog(kmsg)
    }

    /// The messages since, without what `dmesg` puts before them.
    pub fn messages(&mut self) -> Vec<String> {
        let mut messages = Vec::new();
        // One read is one record, `priority,sequence,time,flags;message` and a newline.
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
