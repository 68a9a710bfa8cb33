// SPDX-License-Identifier: MIT OR Apache-2.0

//! Starts a guest: resumes it from a snapshot, or boots it.

use std::fs::File;
use std::io::Read;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Error, Result, anyhow};
use lab_protocol::{Resumed, ToGuest, ToHost};
use nix::sys::memfd::{MFdFlags, memfd_create};

use super::accelerator::Accelerator;
use super::deadline::Deadline;
use super::failure::{Failure, Kind};
use super::initramfs::initramfs;
use super::options::Options;
use super::qemu::{Begin, Machine, Ram, Started};
use super::session::{Guest, out_of_step};
use super::snapshot::{self, Change, Opened, Snapshot, Snapshots};
use crate::image::{GuestFile, Image};

/// The time limit of a boot. On a busy, slow machine it takes 10 s.
const BOOT_LIMIT: Duration = Duration::from_secs(60);

/// The time limit for a guest to confirm that it resumed, or got a file. Usual are milliseconds.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

const MIB: u64 = 1 << 20;

impl Guest {
    /// Starts a guest and loads KVM in it.
    ///
    /// If the lab has chosen KVM itself and KVM does not work, emulates the guest instead,
    /// and says so on standard error. Likewise, if a snapshot does not work, the guest boots.
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

    /// Takes the snapshot from which guests with these options resume, if there is none of exactly
    /// this image. On failure, says on standard error that guests will boot.
    pub fn take_snapshot(image: &Image, options: &Options) {
        let accelerator = options.accelerator.unwrap_or_else(Accelerator::best);
        if options.must_boot(accelerator) {
            return;
        }
        let take = || -> Result<()> {
            let files: Vec<_> = image.all_files().collect();
            let machine = Machine::new(accelerator, image, options, &files);
            let snapshots = Snapshots::of(&machine, image)?;
            if let Some(exact) = snapshots.find(image, 0)
                && exact.changes.is_empty()
            {
                snapshots.register(&exact);
                return Ok(());
            }
            let (mut guest, ram) = Self::boot(&machine, image, &files)?;
            guest.take(&snapshots, &ram, image)
        };
        if let Err(error) = take() {
            eprintln!("cargo lab: guests will boot, since no snapshot could be taken: {error:#}");
        }
    }

    fn start_on(accelerator: Accelerator, image: &Image, options: &Options) -> Result<Self> {
        let mut reasons = Vec::new();
        let resumed = match options.must_boot(accelerator) {
            true => None,
            false => Self::resume_or_take(accelerator, image, options, &mut reasons)?,
        };
        if !reasons.is_empty() {
            eprintln!("cargo lab: {}", reasons.join("; "));
        }
        let mut guest = match resumed {
            Some(guest) => guest,
            None => {
                let files: Vec<_> = image.all_files().chain(&options.files).collect();
                let machine = Machine::new(accelerator, image, options, &files);
                Self::boot(&machine, image, &files)?.0
            }
        };
        guest.timeout = options.timeout;
        // A later file replaces an earlier one of the same name.
        let files = options.files.iter().rev().chain(image.all_files());
        guest.modules = files.filter_map(GuestFile::module).collect();
        Ok(guest)
    }

    /// Resumes a guest, or boots one and takes a snapshot of it. Returns `None` if the caller must
    /// boot; `reasons` may say why. Fails if the guest does not boot.
    fn resume_or_take(
        accelerator: Accelerator,
        image: &Image,
        options: &Options,
        reasons: &mut Vec<String>,
    ) -> Result<Option<Self>> {
        let files: Vec<_> = image.all_files().collect();
        let machine = Machine::new(accelerator, image, options, &files);
        let snapshots = match Snapshots::of(&machine, image) {
            Ok(snapshots) => snapshots,
            Err(error) => {
                reasons.push(format!(
                    "booting, since there can be no snapshot: {error:#}"
                ));
                return Ok(None);
            }
        };
        if let Some(snapshot) = snapshots.find(image, options.most_to_send()) {
            match Self::resume_from(&snapshots, &snapshot, &machine, image) {
                Ok(mut guest) => match guest.put_all(&snapshot.changes, &options.files) {
                    Ok(()) => return Ok(Some(guest)),
                    Err(error) => {
                        reasons.push(format!(
                            "booting, since a file did not reach the guest: {error:#}"
                        ));
                        return Ok(None);
                    }
                },
                Err(error) => {
                    let reason = first_line(&error);
                    reasons.push(format!(
                        "booting, since the snapshot cannot be used: {reason}"
                    ));
                }
            }
        } else if snapshots.are_of_another_qemu() {
            reasons.push("booting, since the snapshot is of another QEMU".to_owned());
        }
        let (mut guest, ram) = Self::boot(&machine, image, &files)?;
        if let Err(error) = guest.take(&snapshots, &ram, image) {
            let reason = first_line(&error);
            reasons.push(format!(
                "guests will boot, since no snapshot could be taken: {reason}"
            ));
        }
        // A guest that does not continue is useless: the caller boots another one.
        let goes_on = guest
            .tell_resumed()
            .and_then(|()| guest.put_all(&[], &options.files));
        Ok(goes_on.is_ok().then_some(guest))
    }

    /// Takes a snapshot when the guest's kernel has settled.
    fn take(&mut self, snapshots: &Snapshots, ram: &File, image: &Image) -> Result<()> {
        self.ask(&ToGuest::Settle)?;
        snapshots.take(&mut self.monitor, ram, image)
    }

    /// Resumes from a snapshot. Removes the snapshot if that fails.
    fn resume_from(
        snapshots: &Snapshots,
        snapshot: &Snapshot,
        machine: &Machine,
        image: &Image,
    ) -> Result<Self> {
        let opened = snapshots.open(snapshot);
        let resumed = opened.and_then(|opened| Self::resume(machine, image, opened));
        match &resumed {
            Ok(_) => snapshots.register(snapshot),
            Err(error) if is_timeout(error) => {}
            // The caller reports the reason anyway.
            Err(_) => drop(snapshots.remove(snapshot)),
        }
        resumed
    }

    /// Boots a guest. Returns it, and the file of its memory.
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
        if let Some(breakpoint) = &mut guest.breakpoint {
            breakpoint.set()?;
        }
        match guest.receive(Deadline::after(BOOT_LIMIT * image.slowness)) {
            Ok(ToHost::Ready) => {}
            Ok(other) => return Err(out_of_step(&other)),
            Err(error) => return Err(error.context("the guest did not boot")),
        }
        guest.timeout = Some(ANSWER_LIMIT * image.slowness);
        Ok((guest, file))
    }

    fn resume(machine: &Machine, image: &Image, opened: Opened) -> Result<Self> {
        let ram = Ram {
            file: opened.ram,
            shared: false,
        };
        let mut guest = Self::on(machine, machine.start(Begin::Resume, ram)?);
        guest.timeout = Some(ANSWER_LIMIT * image.slowness);
        if let Err(error) = snapshot::resume(&mut guest.monitor, opened.state) {
            let said = guest.process.end()?.qemu;
            return Err(if said.is_empty() {
                error
            } else {
                anyhow!(said)
            });
        }
        guest.tell_resumed()?;
        Ok(guest)
    }

    fn put_all(&mut self, changes: &[Change], files: &[GuestFile]) -> Result<()> {
        for change in changes {
            self.change(change)?;
        }
        for file in files {
            self.put(file)?;
        }
        Ok(())
    }

    /// Tells the guest the time and new entropy, which it cannot know after it was stopped.
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
            breakpoint: started.breakpoint,
            memory_mib: machine.memory_mib,
            timeout: None,
            modules: Vec::new(),
        }
    }
}

/// Returns an error as one line. If QEMU has ended, that is QEMU's message.
fn first_line(error: &Error) -> String {
    let said = error.downcast_ref::<Failure>().map(|failure| &*failure.log);
    let text = match said.filter(|said| !said.is_empty()) {
        Some(said) => said.to_owned(),
        None => format!("{error:#}"),
    };
    text.lines().next().unwrap_or_default().to_owned()
}

fn is_timeout(error: &Error) -> bool {
    let failure = error.downcast_ref::<Failure>();
    failure.is_some_and(|failure| matches!(failure.kind, Kind::TimedOut(_)))
}
