// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest kernel's command line.
//!
//! Reference: [`admin-guide/kernel-parameters`](srctree/Documentation/admin-guide/kernel-parameters.txt).

use super::accelerator::Accelerator;
use super::options::Options;

/// Turn all errors of a kernel into panics. A panic restarts the guest at once, which QEMU's
/// `-no-reboot` turns into an exit.
const PANICS: &[&str] = &[
    "oops=panic",
    "panic_on_warn=1",
    "hung_task_panic=1",
    "softlockup_panic=1",
    // For the lab's NMI, which ends a guest that takes too long. Without a device at port 0x61, the
    // kernel takes the NMI for a memory error rather than for one of unknown origin.
    "unknown_nmi_panic",
    "sysctl.kernel.panic_on_unrecovered_nmi=1",
    // Prints what each CPU is doing, and the blocked tasks, to find a deadlock.
    "panic_sys_info=blocked_tasks,all_bt",
    "panic=-1",
];

const DEVICES: &[&str] = &[
    "console=ttyS0",
    // Restart by a triple fault: the machine has neither ACPI nor a keyboard controller.
    "reboot=t",
];

/// Print nothing until the kernel panics, and then everything from the start.
const QUIET: &[&str] = &["quiet", "panic_console_replay=1"];

/// Print everything at once.
const VERBOSE: &[&str] = &["ignore_loglevel"];

/// The TSC of a guest whose clock counts instructions: one tick in a nanosecond.
const COUNTED_KHZ: u64 = 1_000_000;

/// Makes an idle CPU poll in a loop. If it halted, two threads of QEMU would advance its clock to the next
/// timer, and which of them comes first varies from run to run.
const REPEATABLE: &str = " idle=poll";

/// Returns the command line of a guest with these options.
pub fn kernel_parameters(accelerator: Accelerator, options: &Options) -> String {
    let counted = options.counted;
    let voice = if options.verbose { VERBOSE } else { QUIET };
    let mut parameters = [DEVICES, PANICS, voice].concat().join(" ");
    if accelerator == Accelerator::Tcg {
        // Emulated timers are too coarse to measure the TSC's frequency; while it is unknown, the
        // first KVM_RUN never returns. The check that timer interrupts arrive would cost 0.1 s.
        let khz = match counted {
            true => COUNTED_KHZ,
            false => tsc_khz(&std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default()),
        };
        parameters += &format!(" tsc_early_khz={khz} tsc=reliable no_timer_check");
    }
    if counted {
        // The local APIC's timer is calibrated by reading the TSC for 0.2 s, which takes 8 s if QEMU
        // counts instructions. The PIT needs no calibration.
        parameters += " nolapic_timer";
    }
    if options.repeatable.is_some() {
        parameters += REPEATABLE;
    }
    parameters
}

/// Returns the frequency of the host's TSC, which is also that of the emulated CPU's TSC.
///
/// Linux shows it only as "BogoMIPS", two for each MHz. If it is not shown, returns a plausible
/// frequency; the guest's clock may then be too fast or too slow.
fn tsc_khz(cpuinfo: &str) -> u64 {
    let bogomips = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("bogomips")?.split_once(':'))
        .and_then(|(_, value)| value.trim().parse::<f64>().ok());
    bogomips.map_or(2_500_000, |bogomips| (bogomips * 500.0).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::tsc_khz;

    #[test]
    fn the_tsc_ticks_once_for_two_bogomips() {
        assert_eq!(tsc_khz("bogomips\t: 5192.26\n"), 2_596_130);
        assert_eq!(tsc_khz("processor\t: 0\n"), 2_500_000);
    }
}
