// SPDX-License-Identifier: MIT OR Apache-2.0

//! `calls`: makes system calls by hand, and prints their results as strace would.
//!
//! ```text
//! $ calls 'open /dev/hiboma' 'ioctl 3 1' 'close 3' 'ioctl 4 0xbb00'
//! ```
//!
//! With it, a device can be tried out before a program for it exists.
//!
//! # Layout
//!
//! - `call.rs`: the calls, as they are typed and printed;
//! - `kernel.rs`: the system calls themselves;
//! - `mapping.rs`: memory that an open file shares with the program. All `unsafe` is in these two;
//! - `socket.rs`: descriptors in messages.

mod call;
mod kernel;
mod mapping;
mod socket;

use anyhow::{Context, Result};
use clap::Parser;

use call::Call;

const CALLS: &str = "\
Calls:
  'open PATH'              open(PATH, O_RDWR): the new descriptor is not close-on-exec
  'ioctl FD NUMBER [ARG]'  ARG is 0 unless given; `buf` passes the address of a buffer of zeros
  'dup FD'
  'close FD'
  'read FD LENGTH'         at most 16384 bytes, which are not shown
  'lseek FD OFFSET'        from the beginning
  'poll FD'                asks for input and output, and does not wait
  'mmap FD LENGTH'         maps the file from its beginning, shared
  'peek OFFSET'            reads a byte of what was mapped last
  'poke OFFSET BYTE'       writes one
  'socketpair'             two UNIX sockets, connected, which a child inherits
  'send SOCKET FD'         sends a descriptor, in a message of one byte
  'recv SOCKET'            takes such a message, if there is one: nothing waits
  'setuid UID'
  'sh COMMAND'             runs a child, which inherits what is not close-on-exec

Descriptors that the program makes start at 3. Numbers are decimal, or hexadecimal with 0x.";

/// Make each call in turn, in one process, and print what came back
#[derive(Parser)]
#[command(after_help = CALLS)]
struct Args {
    /// A call, which is one argument
    #[arg(required = true, value_name = "CALL")]
    calls: Vec<String>,
}

fn main() -> Result<()> {
    let calls = Args::parse()
        .calls
        .iter()
        .map(|call| {
            call.parse()
                .with_context(|| format!("'{call}' is no call: `calls --help` lists them"))
        })
        .collect::<Result<Vec<Call>>>()?;
    let mut mapped = None;
    for call in calls {
        call.make_and_print(&mut mapped);
    }
    Ok(())
}
