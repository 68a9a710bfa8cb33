// SPDX-License-Identifier: MIT OR Apache-2.0

//! The guest kernel's command line.
//!
//! Reference: [`admin-guide/kernel-parameters`](srctree/Documentation/admin-guide/kernel-parameters.txt).

use super::accelerator::Accelerator;
use super::options::Options;

/// Makes a panic of all that can go wrong in a kernel. A panic restarts the guest at once, which
/// QEMU's `-no-reboot` turns into an exit.
const PANICS: &[&str] = &[
    "oops=panic",
    "panic_on_warn=1",
    "hung_task_panic=1",
    "softlockup_panic=1",
    // The lab's NMI, which ends a guest that takes too long. Where nothing answers at port 0x61,
    // the NMI looks like a memory error rather than like one of unknown origin.
    "unknown_nmi_panic",
    "sysctl.kernel.panic_on_unrecovered_nmi=1",
    // Where each CPU is, and where the deadlock is, if it is one.
    "panic_sys_info=blocked_tasks,all_bt",
    "panic=-1",
];

const DEVICES: &[&str] = &[
    "console=ttyS0",
    // Restart by a triple fault: there is neither ACPI nor a keyboard controller.
    "reboot=t",
];

/// Says nothing until the kernel panics, and then everything from the start.
const QUIET: &[&str] = &["quiet", "panic_console_replay=1"];

/// Says everything at once.
const VERBOSE: &[&str] = &["ignore_loglevel"];

/// The TSC of a guest whose time passes with its instructions: one tick in a nanosecond.
const COUNTED_KHZ: u64 = 1_000_000;

/// Waits for something to do in a loop. When a CPU is halted, two threads of QEMU's have its time leap to the
/// next timer, and which of them comes first is chance.
const REPEATABLE: &str = " idle=poll";

/// The command line of a guest with these options.
pub fn kernel_parameters(accelerator: Accelerator, options: &Options) -> String {
    let counted = options.counted;
    let voice = if options.verbose { VERBOSE } else { QUIET };
    let mut parameters = [DEVICES, PANICS, voice].concat().join(" ");
    if accelerator == Accelerator::Tcg {
        // Emulated timers are too coarse to measure the TSC by, and while its frequency is not
        // known the first KVM_RUN never returns. Checking that the timer interrupts costs 0.1 s.
        let khz = match counted {
            true => COUNTED_KHZ,
            false => tsc_khz(&std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default()),
        };
        parameters += &format!(" tsc_early_khz={khz} tsc=reliable no_timer_check");
    }
    if counted {
        // The local APIC's timer is calibrated by 0.2 s of reading the TSC, which takes 8 s where QEMU
        // counts. The PIT can do without.
        parameters += " nolapic_timer";
    }
    if options.repeatable.is_some() {
        parameters += REPEATABLE;
    }
    parameters
}

/// The frequency of the host's TSC, which is the one that the emulated CPU reads.
///
/// Linux shows it only as "BogoMIPS", two for each MHz. Where it does not, the guest has a
/// plausible one, and a clock that goes too fast or too slow.
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
