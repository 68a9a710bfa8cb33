// SPDX-License-Identifier: MIT OR Apache-2.0

//! [`Board`]: the interpreter's bus. Accesses outside memory become an [`Exit`], as in KVM.

use std::convert::Infallible;

use emulator::{Bus, Stop};

use super::outside::{Outside, Request, of};
use crate::exit::Exit;
use crate::memory::Memory;
use crate::memory_map::{PAGE, Page, is_code, page_of};

/// The interpreter's access to everything outside the CPU.
pub struct Board<'a> {
    memory: &'a mut Memory,
    outside: &'a mut Outside,
    /// The number of answers that this try of the instruction has used.
    taken: usize,
}

impl<'a> Board<'a> {
    /// Creates a bus for one try of one instruction.
    pub fn new(memory: &'a mut Memory, outside: &'a mut Outside) -> Self {
        Board {
            memory,
            outside,
            taken: 0,
        }
    }

    fn request<T>(&mut self, request: Request) -> Result<T, Stop<Infallible>> {
        self.outside.request = Some(request);
        Err(Stop::IoNeeded)
    }

    fn answer(&mut self) -> Option<&[u8]> {
        let answer = self.outside.answers.get(self.taken)?;
        self.taken += 1;
        Some(answer)
    }
}

/// Returns the parts of an access, one for each page: address, start in the data, end in it.
fn parts(address: u32, len: usize) -> impl Iterator<Item = (u32, usize, usize)> {
    let in_page = PAGE - address as usize % PAGE;
    let first = len.min(in_page);
    let second = address.wrapping_add(first as u32);
    [(address, 0, first), (second, first, len)]
        .into_iter()
        .filter(|(_, start, end)| start < end)
}

impl Bus for Board<'_> {
    type Error = Infallible;

    fn next_instruction(&mut self, _bus_was_used: bool) -> bool {
        false
    }

    fn fetch(&mut self, address: u32, bytes: &mut [u8]) -> Result<usize, Stop<Infallible>> {
        let offset = address as usize % PAGE;
        let len = bytes.len().min(PAGE - offset);
        match page_of(address) {
            Page::Ram(page) | Page::Rom(page) => {
                bytes[..len].copy_from_slice(self.memory.slice(page, offset, len));
                Ok(len)
            }
            Page::Hole => self.request(Request::Fetch),
        }
    }

    fn read_emulated(&mut self, address: u32, data: &mut [u8]) -> Result<(), Stop<Infallible>> {
        for (address, start, end) in parts(address, data.len()) {
            let data = &mut data[start..end];
            match page_of(address) {
                Page::Ram(page) | Page::Rom(page) => {
                    let offset = address as usize % PAGE;
                    data.copy_from_slice(self.memory.slice(page, offset, data.len()));
                }
                Page::Hole => match self.answer() {
                    Some(answer) => data.copy_from_slice(answer),
                    None => return self.request(Request::MmioRead(address, data.len())),
                },
            }
        }
        Ok(())
    }

    fn write_emulated(&mut self, address: u32, data: &[u8]) -> Result<(), Stop<Infallible>> {
        for (address, start, end) in parts(address, data.len()) {
            let data = &data[start..end];
            match page_of(address) {
                Page::Ram(page) => {
                    let offset = address as usize % PAGE;
                    self.outside.writes_code |= is_code(address);
                    let memory = self.memory.slice_mut(page, offset, data.len());
                    memory.copy_from_slice(data);
                }
                Page::Rom(_) | Page::Hole => {
                    let write = Exit::MmioWrite(address.into(), data.to_vec());
                    self.outside.writes.push_back(write);
                }
            }
        }
        Ok(())
    }

    fn lock(&mut self) {}

    fn pio_in_emulated(&mut self, port: u16, data: &mut [u8]) -> Result<(), Stop<Infallible>> {
        self.pio_in_string(port, data, 1)
    }

    fn pio_out_emulated(&mut self, port: u16, data: &[u8]) -> Result<(), Stop<Infallible>> {
        // KVM_X86_QUIRK_OUT_7E_INC_RIP: at this port RIP is behind the instruction.
        if port == 0x7e {
            self.pio_out_string(port, data);
            return Ok(());
        }
        match self.answer() {
            Some(_) => Ok(()),
            None => self.request(Request::Out(of(port, data.len(), data.to_vec()))),
        }
    }

    fn pio_in_string(
        &mut self,
        port: u16,
        data: &mut [u8],
        count: u32,
    ) -> Result<(), Stop<Infallible>> {
        if self.outside.ahead.is_empty() {
            let values = vec![0; count as usize * data.len()];
            return self.request(Request::In(of(port, data.len(), values)));
        }
        let len = data.len();
        let values = self.outside.ahead.drain(..len);
        data.iter_mut()
            .zip(values)
            .for_each(|(byte, value)| *byte = value);
        Ok(())
    }

    fn pio_out_string(&mut self, port: u16, data: &[u8]) {
        let write = Exit::Out(of(port, data.len(), data.to_vec()));
        self.outside.writes.push_back(write);
    }

    fn halt(&mut self) {
        self.outside.halts = true;
    }

    fn exit_pending(&self) -> bool {
        // A run ends at `hlt`, so that its single-step trap never comes.
        self.outside.halts || !self.outside.writes.is_empty() || !self.outside.ahead.is_empty()
    }

    fn get_cpuid(&mut self, _leaf: u32, _subleaf: u32) -> [u32; 4] {
        // The values of a CPU whose CPUID is not set.
        [0; 4]
    }
}
