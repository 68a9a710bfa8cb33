// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Outside`]: the interpreter's pending requests, and its writes to devices.

use random::Dice;
use std::collections::VecDeque;
use std::mem;

use crate::exit::{Exit, Port};
use crate::watch::Written;

/// Pending and completed work outside the CPU.
#[derive(Default)]
pub struct Outside {
    /// The request that the instruction waits for.
    pub request: Option<Request>,
    /// The answers that the instruction has waited for, in the order of its requests.
    pub answers: Vec<Vec<u8>>,
    /// Values that have been read ahead from a port.
    pub ahead: VecDeque<u8>,
    /// Writes that are not reported yet.
    pub writes: VecDeque<Exit>,
    /// Whether this try of the instruction has written to a page of code.
    pub writes_code: bool,
    /// Whether the instruction was `hlt`.
    pub halts: bool,
}

/// The reason why an instruction has to wait.
pub enum Request {
    /// `in` or `ins`.
    In(Port),
    /// `out`.
    Out(Port),
    /// A read of a device's memory.
    MmioRead(u32, usize),
    /// No code to fetch.
    Fetch,
}

impl Outside {
    /// Returns the next write that is not reported yet.
    pub fn next_write(&mut self) -> Option<Exit> {
        self.writes.pop_front()
    }

    /// Handles an exception of the instruction: as in KVM, its writes to devices are lost.
    pub fn discard(&mut self) {
        self.answers.clear();
        self.writes.clear();
    }

    /// Answers a request, for the next try of the instruction.
    pub fn fulfil(&mut self, request: Request, dice: &mut Dice) -> Exit {
        let mut answer = |len| (0..len).map(|_| dice.byte()).collect::<Vec<u8>>();
        match request {
            Request::In(mut port) => {
                port.data = answer(port.data.len());
                self.ahead = port.data.clone().into();
                Exit::In(port)
            }
            Request::Out(port) => {
                self.answers.push(Vec::new());
                Exit::Out(port)
            }
            Request::MmioRead(address, len) => {
                let data = answer(len);
                self.answers.push(data.clone());
                Exit::MmioRead(address.into(), data)
            }
            Request::Fetch => Exit::InternalError(1),
        }
    }

    /// Completes the instruction, and returns the targets of its writes.
    pub fn complete(&mut self) -> Written {
        self.answers.clear();
        Written {
            device: match self.writes.front() {
                Some(Exit::MmioWrite(address, data)) => Some((*address, data.len())),
                _ => None,
            },
            code: mem::take(&mut self.writes_code),
        }
    }
}

/// Returns the data of a port exit.
pub fn of(port: u16, size: usize, data: Vec<u8>) -> Port {
    Port {
        port,
        size: size as u8,
        data,
    }
}
