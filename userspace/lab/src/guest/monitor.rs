// SPDX-License-Identifier: MIT OR Apache-2.0

//! Commands to QEMU itself, in its protocol QMP.
//!
//! Reference: [QEMU machine protocol](https://www.qemu.org/docs/master/interop/qmp-spec.html).

use std::io::{BufRead, BufReader, IoSlice, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use nix::sys::socket::{ControlMessage, MsgFlags, sendmsg};
use serde_json::{Value, json};

/// The time limit of a command. None of the commands waits for the guest.
const LIMIT: Duration = Duration::from_secs(30);

/// The lab's end of the channel.
pub struct Monitor {
    to: UnixStream,
    from: BufReader<UnixStream>,
    has_greeted: bool,
}

impl Monitor {
    pub fn new(channel: UnixStream) -> Result<Self> {
        channel.set_read_timeout(Some(LIMIT))?;
        Ok(Monitor {
            to: channel.try_clone()?,
            from: BufReader::new(channel),
            has_greeted: false,
        })
    }

    /// Executes a command and returns its result.
    pub fn execute(&mut self, command: &str, arguments: Value) -> Result<Value> {
        self.greet()?;
        let message = json!({ "execute": command, "arguments": arguments });
        self.to.write_all(message.to_string().as_bytes())?;
        self.answer(command)
    }

    /// Passes a file to QEMU, whose other commands know it as `name`.
    pub fn pass(&mut self, file: &impl AsRawFd, name: &str) -> Result<()> {
        self.greet()?;
        let message = json!({ "execute": "getfd", "arguments": { "fdname": name } });
        let fds = [file.as_raw_fd()];
        sendmsg::<()>(
            self.to.as_raw_fd(),
            &[IoSlice::new(message.to_string().as_bytes())],
            &[ControlMessage::ScmRights(&fds)],
            MsgFlags::empty(),
            None,
        )?;
        self.answer("getfd").map(drop)
    }

    /// Sends the command that QEMU demands before all others.
    fn greet(&mut self) -> Result<()> {
        if !self.has_greeted {
            self.has_greeted = true;
            self.execute("qmp_capabilities", json!({}))?;
        }
        Ok(())
    }

    fn answer(&mut self, command: &str) -> Result<Value> {
        loop {
            let mut line = String::new();
            ensure!(self.from.read_line(&mut line)? > 0, "QEMU ended");
            let mut answer: Value = serde_json::from_str(&line)?;
            if let Some(error) = answer.get("error") {
                bail!("QEMU's {command}: {}", error["desc"]);
            }
            // Anything else is QEMU's greeting or an event.
            if let Some(result) = answer.get_mut("return") {
                return Ok(result.take());
            }
        }
    }
}
