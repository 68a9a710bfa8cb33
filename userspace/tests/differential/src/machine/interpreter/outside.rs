// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Outside`]: what the interpreter waits for, and what it has written to devices.

use random::Dice;
use std::collections::VecDeque;
use std::mem;

use crate::exit::{Exit, Port};
use crate::watch::Written;

/// What there is to do outside, and what has been done.
#[derive(Default)]
pub struct Outside {
    /// What the instruction waits for.
    pub request: Option<Request>,
    /// Answers that the instruction has been waiting for, in the order in which it asks.
    pub answers: Vec<Vec<u8>>,
    /// Values that have been read ahead from a port.
    pub ahead: VecDeque<u8>,
    /// What has been written and is still to be told.
    pub writes: VecDeque<Exit>,
    /// Whether this try of the instruction has written to a page of code.
    pub writes_code: bool,
    /// Whether it was `hlt`.
    pub halts: bool,
}

/// Why an instruction has to wait.
pub enum Request {
    /// `in` or `ins`.
    In(Port),
    /// `out`.
    Out(Port),
    /// A device's memory is read.
    MmioRead(u32, usize),
    /// There is no code.
    Fetch,
}

impl Outside {
    /// The next write that is still to be told.
    pub fn next_write(&mut self) -> Option<Exit> {
        self.writes.pop_front()
    }

    /// The instruction has stopped with an exception: as in KVM, its writes to devices are lost.
    pub fn discard(&mut self) {
        self.answers.clear();
        self.writes.clear();
    }

    /// Answers a request, for when the instruction is tried again.
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

    /// The instruction has been executed. Returns what it has written to.
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

/// An exit because of a port.
pub fn of(port: u16, size: usize, data: Vec<u8>) -> Port {
    Port {
        port,
        size: size as u8,
        data,
    }
}
