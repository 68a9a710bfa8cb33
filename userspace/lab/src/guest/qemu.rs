// SPDX-License-Identifier: MIT OR Apache-2.0

//! QEMU's command line: the smallest PC that boots Linux, and three channels to the lab.
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

/// Without ACPI, Linux needs the PC's old interrupt controller, timer and clock. The memory is the
/// object `ram`.
const MACHINE: &str = "microvm,acpi=off,pic=on,pit=on,rtc=on,memory-backend=ram";

/// Each instruction takes one nanosecond of the guest's time.
/// While the CPU is idle, time advances to the next timer at once.
const COUNTED: [&str; 2] = ["-icount", "shift=0,sleep=off"];

/// Makes all runs the same: random numbers, clock, and devices, which do their work while
/// the CPU is stopped. QEMU starts with the CPU stopped, until the breakpoint is set.
const REPEATABLE: [&str; 7] = [
    "-seed",
    "1",
    "-rtc",
    "base=2026-01-01,clock=vm",
    "-global",
    "virtio-mmio.ioeventfd=off",
    "-S",
];

/// The lowest address of the kernel's half of the address space.
const KERNEL: u64 = 0xffff_8000_0000_0000;

/// Returns QEMU's name and version: `QEMU 10.0.2`.
pub fn version() -> Result<String> {
    // QEMU emulator version 10.0.2 (Debian …)
    let says = cmd!(QEMU, "--version").read()?;
    let version = says.split("version ").nth(1);
    let version = version.and_then(|rest| rest.split_whitespace().next());
    Ok(format!("QEMU {}", version.context("QEMU has no version")?))
}

/// A VM: all of QEMU's arguments, except those for its memory and its channels.
pub struct Machine {
    pub accelerator: Accelerator,
    pub cpus: u8,
    /// Whether its clock counts instructions.
    pub counted: bool,
    /// Whether all its runs are the same, and where it stops then.
    pub repeatable: Option<Repeatable>,
    pub memory_mib: u64,
    pub vmlinux: PathBuf,
    /// The kernel's parameters.
    pub parameters: String,
    pub verbose: bool,
}

/// How a VM starts.
pub enum Begin {
    /// Powers on: the kernel boots, and unpacks this initramfs.
    Boot(File),
    /// Resumes from the state of a VM that was stopped, which [`Monitor`] passes.
    Resume,
}

/// The file of the VM's memory.
pub struct Ram {
    pub file: File,
    /// Whether the VM's writes to memory change the file.
    pub shared: bool,
}

/// A VM that has been started, and the lab's ends of the channels to it.
pub struct Started {
    pub process: Process,
    /// The channel to PID 1.
    pub connection: Connection,
    /// The channel to QEMU itself.
    pub monitor: Monitor,
    /// The breakpoint, if the VM is to stop at one.
    pub breakpoint: Option<Breakpoint>,
}

impl Machine {
    /// Returns the VM for a guest that boots with these files.
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

    /// Returns the arguments that describe the VM to QEMU.
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
            // The ranges of the kernel that are logged; they include their last address.
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

/// Returns the memory for files: unpacking needs them in memory twice, and Linux limits its root
/// file system to half of the memory. In steps, since each size needs a snapshot of its own.
fn memory_mib(files: &[&GuestFile]) -> u64 {
    let bytes: u64 = files.iter().map(|file| file.size()).sum();
    4 * (bytes / MIB + 1).next_multiple_of(16)
}

/// Returns a path with which QEMU can open a file that it has inherited.
fn descriptor_path(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

/// Returns the argument for a channel whose other end QEMU has inherited.
fn channel(id: &str, end: &UnixStream) -> String {
    format!("socket,id={id},fd={}", end.as_raw_fd())
}
