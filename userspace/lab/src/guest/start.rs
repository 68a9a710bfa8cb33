// SPDX-License-Identifier: MIT OR Apache-2.0

//! A guest's start: it resumes from a snapshot, or boots.

use std::fs::File;
use std::io::Read;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use lab_protocol::{Resumed, ToGuest, ToHost};
use nix::sys::memfd::{MFdFlags, memfd_create};

use super::accelerator::Accelerator;
use super::deadline::Deadline;
use super::initramfs::initramfs;
use super::options::Options;
use super::qemu::{Begin, Machine, Ram, Started};
use super::session::{Guest, out_of_step};
use super::snapshot::{self, Change, Opened, Snapshots};
use crate::image::{GuestFile, Image};

/// A slow machine with much else to do needs 10 s.
const BOOT_LIMIT: Duration = Duration::from_secs(60);

/// The same for a guest that resumes.
const RESUME_LIMIT: Duration = Duration::from_secs(10);

const MIB: u64 = 1 << 20;

impl Guest {
    /// Starts a guest, with KVM loaded in it.
    ///
    /// Where the choice of the accelerator is the lab's and KVM does not work after all, the
    /// guest is emulated, and a line on standard error says so. The same with a snapshot: the guest
    /// boots.
    pub fn start(image: &Image, options: &Options) -> Result<Self> {
        if let Some(accelerator) = options.accelerator {
            accelerator.check()?;
        }
        let accelerator = options.accelerator.unwrap_or_else(Accelerator::best);
        let started = Self::start_on(accelerator, image, options);
        match started {
            Err(error) if accelerator == Accelerator::Kvm && options.accelerator.is_none() => {
                eprintln!("cargo lab: emulating, since KVM did not work: {error:#}");
                Self::start_on(Accelerator::Tcg, image, options)
            }
            started => started,
        }
    }

    /// Takes the snapshot that guests with these options resume from, where there is none of just this
    /// image. Where that fails, a line on standard error says so, and guests will boot.
    pub fn take_snapshot(image: &Image, options: &Options) {
        let accelerator = options.accelerator.unwrap_or_else(Accelerator::best);
        if options.need_boot(accelerator) {
            return;
        }
        let take = || -> Result<()> {
            let files: Vec<_> = image.all_files().collect();
            let machine = Machine::new(accelerator, image, options, &files);
            let snapshots = Snapshots::of(&machine, image)?;
            match snapshots.find(image) {
                Some(snapshot) if snapshot.changes.is_empty() => snapshots.use_it(&snapshot),
                _ => {
                    let (mut guest, ram) = Self::boot(&machine, image, &files)?;
                    snapshots.take(&mut guest.monitor, &ram)
                }
            }
        };
        if let Err(error) = take() {
            eprintln!("cargo lab: guests will boot, since no snapshot could be taken: {error:#}");
        }
    }

    fn start_on(accelerator: Accelerator, image: &Image, options: &Options) -> Result<Self> {
        if options.need_boot(accelerator) {
            let files: Vec<_> = image.all_files().chain(&options.files).collect();
            let machine = Machine::new(accelerator, image, options, &files);
            let (guest, _) = Self::boot(&machine, image, &files)?;
            return Ok(guest.limited_to(options.timeout));
        }
        let files: Vec<_> = image.all_files().collect();
        let machine = Machine::new(accelerator, image, options, &files);
        let guest = Self::resume_or_boot(&machine, image, &files)?;
        let mut guest = guest.limited_to(options.timeout);
        for file in &options.files {
            guest.put(file)?;
        }
        Ok(guest)
    }

    /// Resumes, or boots and takes a snapshot.
    fn resume_or_boot(machine: &Machine, image: &Image, files: &[&GuestFile]) -> Result<Self> {
        let snapshots = Snapshots::of(machine, image)?;
        if let Some(snapshot) = snapshots.find(image) {
            let opened = snapshots.open(&snapshot);
            match opened.and_then(|it| Self::resume(machine, image, it, &snapshot.changes)) {
                Ok(guest) => {
                    // That is of interest to the cache alone.
                    let _ = snapshots.use_it(&snapshot);
                    return Ok(guest);
                }
                Err(error) => {
                    eprintln!("cargo lab: booting, since the snapshot cannot be used: {error:#}");
                    snapshot.remove();
                }
            }
        }
        let (mut guest, ram) = Self::boot(machine, image, files)?;
        if let Err(error) = snapshots.take(&mut guest.monitor, &ram) {
            eprintln!("cargo lab: guests will boot, since no snapshot could be taken: {error:#}");
        }
        guest.tell_resumed()?;
        Ok(guest)
    }

    /// Boots, and returns what the guest's memory is in as well.
    fn boot(machine: &Machine, image: &Image, files: &[&GuestFile]) -> Result<(Self, File)> {
        let ram = memfd_create("ram", MFdFlags::MFD_CLOEXEC);
        let file = File::from(ram.context("cannot make a file in memory")?);
        let ram = Ram {
            file: file.try_clone()?,
            shared: true,
        };
        file.set_len(machine.memory_mib * MIB)?;
        let begin = Begin::Boot(initramfs(files.iter().copied())?);
        let mut guest = Self::on(machine, machine.start(begin, ram)?);
        match guest.receive(Deadline::after(BOOT_LIMIT * image.slowness)) {
            Ok(ToHost::Ready) => Ok((guest, file)),
            Ok(other) => Err(out_of_step(&other)),
            Err(error) => Err(error.context("the guest did not boot")),
        }
    }

    fn resume(
        machine: &Machine,
        image: &Image,
        opened: Opened,
        changes: &[Change],
    ) -> Result<Self> {
        let ram = Ram {
            file: opened.ram,
            shared: false,
        };
        let mut guest = Self::on(machine, machine.start(Begin::Resume, ram)?);
        if let Err(error) = snapshot::resume(&mut guest.monitor, opened.state) {
            return Err(error.context(guest.process.end()?.qemu));
        }
        guest.timeout = Some(RESUME_LIMIT * image.slowness);
        guest.tell_resumed()?;
        for change in changes {
            guest.change(change)?;
        }
        Ok(guest)
    }

    /// Tells the guest what it does not know after a stop.
    fn tell_resumed(&mut self) -> Result<()> {
        let mut entropy = [0; 32];
        File::open("/dev/urandom")?.read_exact(&mut entropy)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        self.ask(&ToGuest::Resumed(Resumed { now, entropy }))
    }

    fn on(machine: &Machine, started: Started) -> Self {
        Guest {
            accelerator: machine.accelerator,
            process: started.process,
            connection: started.connection,
            monitor: started.monitor,
            memory_mib: machine.memory_mib,
            timeout: None,
        }
    }

    fn limited_to(mut self, timeout: Option<Duration>) -> Self {
        self.timeout = timeout;
        self
    }
}
