// SPDX-License-Identifier: MIT OR Apache-2.0

//! QEMU's command line: the smallest PC that Linux boots on, and three channels to the lab.
//!
//! The machine is [microvm](https://www.qemu.org/docs/master/system/i386/microvm.html): no PCI,
//! no ACPI, no firmware to speak of, no network.

use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use duct::cmd;
use lab_protocol::PORT_NAME;

use super::accelerator::Accelerator;
use super::breakpoint::Breakpoint;
use super::connection::Connection;
use super::kernel_parameters::kernel_parameters;
use super::monitor::Monitor;
use super::options::{Options, Repeatable};
use super::process::Process;
use crate::image::{GuestFile, Image};

const MIB: u64 = 1 << 20;

/// The program, looked up on PATH.
pub const QEMU: &str = "qemu-system-x86_64";

/// Without ACPI Linux needs the PC's old interrupt controller, timer and clock. Its memory is the
/// object `ram`.
const MACHINE: &str = "microvm,acpi=off,pic=on,pit=on,rtc=on,memory-backend=ram";

/// One nanosecond of the machine's time for each instruction. While it waits, time leaps to the next
/// timer.
const COUNTED: [&str; 2] = ["-icount", "shift=0,sleep=off"];

/// Each run is the same: its random numbers, its clock, and its devices, which do nothing while the CPU goes
/// on. It does not begin before it is told where to stop.
const REPEATABLE: [&str; 7] = [
    "-seed",
    "1",
    "-rtc",
    "base=2026-01-01,clock=vm",
    "-global",
    "virtio-mmio.ioeventfd=off",
    "-S",
];

/// Where the kernel's half of the addresses begins.
const KERNEL: u64 = 0xffff_8000_0000_0000;

/// `QEMU 10.0.2`: its name and its version.
pub fn version() -> Result<String> {
    // QEMU emulator version 10.0.2 (Debian …)
    let says = cmd!(QEMU, "--version").read()?;
    let version = says.split("version ").nth(1);
    let version = version.and_then(|rest| rest.split_whitespace().next());
    Ok(format!("QEMU {}", version.context("QEMU has no version")?))
}

/// A machine: all that QEMU is told, but for where its memory is and where its channels end.
pub struct Machine {
    pub accelerator: Accelerator,
    pub cpus: u8,
    /// Whether its clock counts instructions.
    pub counted: bool,
    /// Whether its runs are the same, and where it stops then.
    pub repeatable: Option<Repeatable>,
    pub memory_mib: u64,
    pub vmlinux: PathBuf,
    /// The kernel's.
    pub parameters: String,
    pub verbose: bool,
}

/// What a machine begins with.
pub enum Begin {
    /// Power on: the kernel boots, and unpacks this.
    Boot(File),
    /// The state of a machine that was stopped, which comes by [`Monitor`].
    Resume,
}

/// A file that is the machine's memory.
pub struct Ram {
    pub file: File,
    /// Whether the file changes with the memory, or stays as it is.
    pub shared: bool,
}

/// A machine that has been started, and the lab's ends of the channels to it.
pub struct Started {
    pub process: Process,
    /// To PID 1.
    pub connection: Connection,
    /// To QEMU itself.
    pub monitor: Monitor,
    /// To what stops it, if something does.
    pub breakpoint: Option<Breakpoint>,
}

impl Machine {
    /// The machine for a guest that boots with these files.
    pub fn new(
        accelerator: Accelerator,
        image: &Image,
        options: &Options,
        files: &[&GuestFile],
    ) -> Self {
        let parameters = kernel_parameters(accelerator, options);
        Machine {
            accelerator,
            cpus: options.cpus.unwrap_or(1),
            counted: options.counted,
            repeatable: options.repeatable.clone(),
            memory_mib: (options.memory_mib).unwrap_or(image.memory_mib + memory_mib(files)),
            vmlinux: image.vmlinux.clone(),
            parameters: [&parameters, &*options.append].join(" ").trim_end().into(),
            verbose: options.verbose,
        }
    }

    /// QEMU's arguments that say what machine it is.
    pub fn arguments(&self) -> Vec<String> {
        let accelerator = match self.accelerator {
            Accelerator::Tcg => ["-accel", "tcg", "-cpu", "max"],
            Accelerator::Kvm => ["-accel", "kvm", "-cpu", "host"],
        };
        let all = ["-no-user-config", "-nodefaults", "-no-reboot"].into_iter();
        let all = all.chain(["-display", "none", "-machine", MACHINE]);
        let mut all: Vec<String> = all.chain(accelerator).map(str::to_owned).collect();
        if self.counted {
            all.extend(COUNTED.map(str::to_owned));
        }
        if let Some(Repeatable { idle, .. }) = &self.repeatable {
            all.extend(REPEATABLE.map(str::to_owned));
            // What is logged of the kernel: the last address of each range is part of it.
            let before = format!("{KERNEL:#x}..{:#x}", idle.start - 1);
            let behind = format!("{:#x}..{:#x}", idle.end, u64::MAX);
            all.extend(["-dfilter".into(), format!("{before},{behind}")]);
        }
        all.extend(["-m".into(), self.memory_mib.to_string()]);
        all.extend(["-smp".into(), self.cpus.to_string()]);
        all.extend(["-append".into(), self.parameters.clone()]);
        all
    }

    /// Starts QEMU.
    pub fn start(&self, begin: Begin, ram: Ram) -> Result<Started> {
        let (console, its_console) = UnixStream::pair()?;
        let (port, its_port) = UnixStream::pair()?;
        let (monitor, its_monitor) = UnixStream::pair()?;
        let connection = Connection::new(port)?;

        let mut qemu = Command::new(QEMU);
        qemu.args(self.arguments())
            .arg("-kernel")
            .arg(&self.vmlinux)
            .args(["-object", &self.memory(&ram)])
            .args(["-chardev", &channel("console", &its_console)])
            .args(["-serial", "chardev:console"])
            .args(["-chardev", &channel("lab", &its_port)])
            .args(["-device", "virtio-serial-device", "-device"])
            .arg(format!("virtserialport,chardev=lab,name={PORT_NAME}"))
            .args(["-chardev", &channel("monitor", &its_monitor)])
            .args(["-mon", "chardev=monitor,mode=control"]);
        let mut passed: Vec<OwnedFd> = Vec::new();
        match begin {
            Begin::Boot(initramfs) => {
                qemu.args(["-initrd", &descriptor_path(&initramfs)]);
                passed.push(initramfs.into());
            }
            Begin::Resume => {
                qemu.args(["-incoming", "defer"]);
            }
        }
        let breakpoint = match &self.repeatable {
            Some(repeatable) => {
                let (stub, its_stub) = UnixStream::pair()?;
                qemu.args(["-chardev", &channel("gdb", &its_stub)])
                    .args(["-gdb", "chardev:gdb"]);
                passed.push(its_stub.into());
                Some(Breakpoint::new(stub, repeatable.stop_at))
            }
            None => None,
        };
        passed.extend([
            ram.file.into(),
            its_console.into(),
            its_port.into(),
            its_monitor.into(),
        ]);
        let hang_up = connection.hang_up()?;
        let process = Process::spawn(qemu, passed, console, hang_up, self.verbose)
            .with_context(|| format!("cannot start {QEMU}: see `cargo lab doctor`"))?;
        Ok(Started {
            process,
            connection,
            monitor: Monitor::new(monitor)?,
            breakpoint,
        })
    }

    fn memory(&self, ram: &Ram) -> String {
        let (size, path) = (self.memory_mib, descriptor_path(&ram.file));
        let share = if ram.shared { "on" } else { "off" };
        format!("memory-backend-file,id=ram,size={size}M,mem-path={path},share={share}")
    }
}

/// What files take: they are in memory twice while they are unpacked, and Linux gives its root file
/// system half of the memory at most. In steps, since another size is another machine.
fn memory_mib(files: &[&GuestFile]) -> u64 {
    let bytes: u64 = files.iter().map(|file| file.size()).sum();
    4 * (bytes / MIB + 1).next_multiple_of(16)
}

/// A path by which QEMU opens a file that it has inherited.
fn descriptor_path(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

/// A channel whose far end QEMU has inherited.
fn channel(id: &str, end: &UnixStream) -> String {
    format!("socket,id={id},fd={}", end.as_raw_fd())
}
