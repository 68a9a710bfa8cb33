// SPDX-License-Identifier: MIT OR Apache-2.0

//! QEMU's command line: the smallest PC that Linux boots on, and three channels to the lab.
//!
//! The machine is [microvm](https://www.qemu.org/docs/master/system/i386/microvm.html): no PCI,
//! no ACPI, no firmware to speak of, no network.

use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use duct::cmd;
use lab_protocol::PORT_NAME;

use super::accelerator::Accelerator;
use super::connection::Connection;
use super::kernel_parameters::kernel_parameters;
use super::process::Process;

/// The program, looked up on PATH.
const QEMU: &str = "qemu-system-x86_64";

/// Without ACPI Linux needs the PC's old interrupt controller, timer and clock.
const MACHINE: &str = "microvm,acpi=off,pic=on,pit=on,rtc=on";

/// One nanosecond of the machine's time for each instruction. While it waits, time leaps to the next
/// timer.
const COUNTED: &[&str] = &["-icount", "shift=0,sleep=off"];

const MIB: u64 = 1 << 20;

/// `QEMU 10.0.2`: its name and its version.
pub fn version() -> Result<String> {
    // QEMU emulator version 10.0.2 (Debian …)
    let says = cmd!(QEMU, "--version").read()?;
    let version = says.split("version ").nth(1);
    let version = version.and_then(|rest| rest.split_whitespace().next());
    Ok(format!("QEMU {}", version.context("QEMU has no version")?))
}

/// A machine to start.
pub struct Machine<'a> {
    pub accelerator: Accelerator,
    pub cpus: u8,
    pub vmlinux: &'a Path,
    /// What the kernel needs, the files not counted.
    pub memory_mib: u64,
    /// All of the machine's memory, where its user has said how much.
    pub asked_mib: Option<u64>,
    /// Whether its clock counts instructions.
    pub counted: bool,
    /// Kernel parameters behind the lab's own.
    pub append: &'a str,
    pub initramfs: File,
    pub verbose: bool,
}

/// A machine that has been started, and the lab's ends of the channels to it.
pub struct Started {
    pub process: Process,
    /// To PID 1.
    pub connection: Connection,
    /// How much memory it has.
    pub memory_mib: u64,
    /// To QEMU itself, in its QMP.
    pub monitor: UnixStream,
}

impl Machine<'_> {
    /// Starts QEMU.
    pub fn start(self) -> Result<Started> {
        let memory = self.memory_mib()?;
        let (console, its_console) = UnixStream::pair()?;
        let (port, its_port) = UnixStream::pair()?;
        let (monitor, its_monitor) = UnixStream::pair()?;
        let connection = Connection::new(port)?;
        let parameters = kernel_parameters(self.accelerator, self.counted, self.verbose);
        let parameters = [&parameters, self.append].join(" ");

        let mut qemu = Command::new(QEMU);
        qemu.args(["-no-user-config", "-nodefaults", "-no-reboot"])
            .args(["-display", "none", "-machine", MACHINE])
            .args(match self.accelerator {
                Accelerator::Tcg => ["-accel", "tcg", "-cpu", "max"],
                Accelerator::Kvm => ["-accel", "kvm", "-cpu", "host"],
            })
            .args(if self.counted { COUNTED } else { &[] })
            .args(["-m", &memory.to_string()])
            .args(["-smp", &self.cpus.to_string()])
            .arg("-kernel")
            .arg(self.vmlinux)
            .args(["-initrd", &descriptor_path(&self.initramfs)])
            .args(["-append", parameters.trim_end()])
            .args(["-chardev", &channel("console", &its_console)])
            .args(["-serial", "chardev:console"])
            .args(["-chardev", &channel("lab", &its_port)])
            .args(["-device", "virtio-serial-device", "-device"])
            .arg(format!("virtserialport,chardev=lab,name={PORT_NAME}"))
            .args(["-chardev", &channel("monitor", &its_monitor)])
            .args(["-mon", "chardev=monitor,mode=control"]);

        let passed: Vec<OwnedFd> = vec![
            self.initramfs.into(),
            its_console.into(),
            its_port.into(),
            its_monitor.into(),
        ];
        let process = Process::spawn(qemu, passed, console, connection.hang_up()?, self.verbose)
            .with_context(|| format!("cannot start {QEMU}: see `cargo lab doctor`"))?;
        Ok(Started {
            process,
            connection,
            memory_mib: memory,
            monitor,
        })
    }

    /// The initramfs is in memory twice while it is unpacked, and Linux gives its root file
    /// system half of the memory at most.
    fn memory_mib(&self) -> Result<u64> {
        if let Some(asked) = self.asked_mib {
            return Ok(asked);
        }
        Ok(self.memory_mib + 4 * self.initramfs.metadata()?.len() / MIB)
    }
}

/// A path by which QEMU opens a file that it has inherited.
fn descriptor_path(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

/// A channel whose far end QEMU has inherited.
fn channel(id: &str, end: &UnixStream) -> String {
    format!("socket,id={id},fd={}", end.as_raw_fd())
}
