// SPDX-License-Identifier: MIT OR Apache-2.0

//! An address at which a guest stops, set through QEMU's stub for gdb.
//!
//! Reference: [gdb's remote protocol](https://sourceware.org/gdb/current/onlinedocs/gdb.html/Remote-Protocol.html).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Result, ensure};

/// The length of what follows the `#` of a packet: a checksum of two digits.
const CHECKSUM: usize = 2;

/// A breakpoint, and the channel to QEMU's stub.
pub struct Breakpoint {
    stub: BufReader<UnixStream>,
    address: u64,
}

impl Breakpoint {
    pub fn new(stub: UnixStream, address: u64) -> Self {
        Breakpoint {
            stub: BufReader::new(stub),
            address,
        }
    }

    /// Sets the breakpoint in a VM that has not started, and starts the VM.
    pub fn set(&mut self) -> Result<()> {
        // A hardware breakpoint: there is no code in memory yet.
        let set = self.ask(&format!("Z1,{:x},1", self.address))?;
        ensure!(set == "OK", "QEMU sets no breakpoint: {set}");
        Ok(self.send("c")?)
    }

    /// Waits until the VM has stopped there.
    pub fn wait(&mut self, limit: Option<Duration>) -> io::Result<()> {
        self.stub.get_ref().set_read_timeout(limit)?;
        self.receive().map(drop)
    }

    /// Lets the VM continue, which does not stop any more.
    pub fn let_go(mut self) -> Result<()> {
        let detached = self.ask("D")?;
        ensure!(detached == "OK", "QEMU stays stopped: {detached}");
        Ok(())
    }

    fn ask(&mut self, packet: &str) -> io::Result<String> {
        self.send(packet)?;
        self.receive()
    }

    fn send(&mut self, packet: &str) -> io::Result<()> {
        let sum = packet.bytes().fold(0u8, u8::wrapping_add);
        write!(self.stub.get_ref(), "${packet}#{sum:02x}")
    }

    /// Receives the next packet and acknowledges it with a `+`.
    fn receive(&mut self) -> io::Result<String> {
        let (mut before, mut packet) = (Vec::new(), Vec::new());
        self.stub.read_until(b'$', &mut before)?;
        self.stub.read_until(b'#', &mut packet)?;
        self.stub.read_exact(&mut [0; CHECKSUM])?;
        self.stub.get_ref().write_all(b"+")?;
        packet.pop();
        Ok(String::from_utf8_lossy(&packet).into_owned())
    }
}
