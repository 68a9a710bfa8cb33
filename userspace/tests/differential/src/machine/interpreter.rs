// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Interpreter`]: hiboma.ko's interpreter, linked into this program without a kernel.

mod board;
mod outside;

use std::mem;

use anyhow::{Context, Result, bail};
use emulator::{Cpu, DecodeCache, Exception, Stop};
use random::Dice;

use super::Machine;
use crate::exit::Exit;
use crate::memory::Memory;
use crate::mode::Mode;
use crate::watch::Watch;
use board::Board;
use outside::{Outside, Request};

/// A machine that consists of the interpreter only, and the record of its run.
pub struct Interpreter {
    cpu: Cpu,
    /// An exception whose handler is called next.
    exception: Option<Exception>,
    memory: Memory,
    outside: Outside,
    /// Whether the programs are handwritten.
    pub by_hand: bool,
    /// The record of the run.
    pub watch: Watch,
}

impl Interpreter {
    /// Creates a machine that has not been started.
    pub fn new() -> Result<Interpreter> {
        Ok(Interpreter {
            cpu: Cpu {
                regs: [0; 16],
                rip: 0,
                rflags: 0,
                segments: Default::default(),
                idt: Default::default(),
                gdt: Default::default(),
                cr0: 0,
            },
            exception: None,
            memory: Memory::new(Mode::Real)?,
            outside: Outside::default(),
            by_hand: false,
            watch: Watch::default(),
        })
    }
}

impl Machine for Interpreter {
    fn name(&self) -> &str {
        "interpreter"
    }

    fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }

    fn memory_bytes(&self) -> &[u8] {
        self.memory.bytes()
    }

    fn start(&mut self, cpu: &Cpu) -> Result<()> {
        self.cpu = cpu.clone();
        self.exception = None;
        self.outside = Outside::default();
        self.watch = Watch::new(self.by_hand);
        Ok(())
    }

    fn run(&mut self, answers: &mut Dice) -> Result<Exit> {
        loop {
            if let Some(exit) = self.outside.next_write() {
                return Ok(exit);
            }
            if self.exception.is_none() && !self.watch.before(&self.cpu, &self.memory) {
                return Ok(Exit::Endless);
            }
            let mut board = Board::new(&mut self.memory, &mut self.outside);
            let result = match self.exception {
                Some(exception) => self.cpu.inject_exception(&mut board, exception),
                // The devices cache decoded instructions: this machine does not.
                None => self.cpu.run(&mut board, &mut DecodeCache::default(), true),
            };
            match result {
                Ok(()) => {
                    self.exception = None;
                    let written = self.outside.complete();
                    self.watch.after(&self.cpu, &written);
                    if mem::take(&mut self.outside.halts) {
                        return Ok(Exit::Halt);
                    }
                }
                Err(Stop::Exception(exception)) => {
                    self.exception = Some(exception);
                    self.outside.discard();
                }
                Err(Stop::Breakpoint) => bail!("the board wants to see no int3"),
                // On a board with one CPU, the instruction is just executed again.
                Err(Stop::CmpxchgFailed) => {}
                Err(Stop::IoNeeded) => {
                    let request = self.outside.request.take();
                    let request = request.context("the board has asked for nothing")?;
                    if let Request::MmioRead(address, len) = request {
                        self.watch.reads_device(address.into(), len);
                    }
                    return Ok(self.outside.fulfil(request, answers));
                }
                Err(Stop::Shutdown) => {
                    self.watch.shut_down();
                    return Ok(Exit::Shutdown);
                }
                Err(Stop::Unhandleable) => {
                    self.watch.unimplemented();
                    return Ok(Exit::InternalError(1));
                }
                Err(Stop::Error(never)) => match never {},
            }
        }
    }

    fn registers(&mut self) -> Result<Cpu> {
        Ok(self.cpu.clone())
    }

    fn cpu(&mut self) -> Result<Cpu> {
        Ok(self.cpu.clone())
    }
}
