// SPDX-License-Identifier: MIT OR Apache-2.0

//! The virtio-serial port to the lab.
//!
//! Counterpart: [`drivers/char/virtio_console.c`](srctree/drivers/char/virtio_console.c).

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use lab_protocol::PORT_NAME;

/// Every virtio-serial port has a directory here, with a file `name`.
const PORTS: &str = "/sys/class/virtio-ports";

/// How long to wait for the port's name: the host sends it in a message, maybe after PID 1 starts.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the port to the lab. The first write blocks until the lab has opened its end.
pub fn open() -> Result<File> {
    let device = device()?;
    File::options()
        .read(true)
        .write(true)
        .open(&device)
        .with_context(|| format!("cannot open {}", device.display()))
}

fn device() -> Result<PathBuf> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        for port in fs::read_dir(PORTS).with_context(|| format!("cannot list {PORTS}"))? {
            let port = port?;
            let name = fs::read_to_string(port.path().join("name")).unwrap_or_default();
            if name.trim_end() == PORT_NAME {
                return Ok(Path::new("/dev").join(port.file_name()));
            }
        }
        sleep(Duration::from_millis(1));
    }
    bail!("QEMU gave this guest no virtio-serial port named {PORT_NAME}")
}
