// SPDX-License-Identifier: MIT OR Apache-2.0

//! Reads from a kernel's log where it was: the stack of each CPU and of each blocked task.

use std::borrow::Cow;

use rustc_demangle::demangle;

/// The kernel's own modules that every guest has loaded.
const OF_THE_KERNEL: [&str; 4] = ["[kvm]", "[kvm_amd]", "[kvm_intel]", "[irqbypass]"];

/// The functions through which the NMI that stops a guest enters its kernel.
const NMI_ENTRIES: [&str; 2] = ["asm_exc_nmi", "end_repeat_nmi"];

/// One stack.
#[derive(Debug, Default)]
pub struct Stack {
    /// The owner: a CPU and what it runs, or a task.
    who: String,
    /// The CPU's number, if it is a CPU's stack.
    cpu: Option<String>,
    is_idle: bool,
    in_userspace: bool,
    /// The functions, the innermost first.
    frames: Vec<String>,
}

/// Returns all stacks in these lines of a log.
pub fn of(lines: &[&str]) -> Vec<Stack> {
    let mut stacks: Vec<Stack> = Vec::new();
    let mut in_task = false;
    for line in lines {
        let Some((_, message)) = line.split_once("] ") else {
            continue;
        };
        if let Some(stack) = begin(message) {
            in_task = false;
            stacks.push(stack);
        }
        let Some(stack) = stacks.last_mut() else {
            continue;
        };
        match message.trim() {
            "<TASK>" => in_task = true,
            "</TASK>" => in_task = false,
            message => stack.take(message, in_task),
        }
    }
    let mut seen = Vec::new();
    // The CPU that panics prints its stack twice.
    stacks.retain(|stack| {
        let is_new = stack.cpu.is_none() || !seen.contains(&stack.cpu);
        seen.push(stack.cpu.clone());
        is_new
    });
    stacks
}

/// Returns the stack that begins with this message, if one does.
fn begin(message: &str) -> Option<Stack> {
    let word_behind = |key: &str| {
        let (_, rest) = message.split_once(key)?;
        rest.split_whitespace().next()
    };
    if let Some(cpu) = message.strip_prefix("NMI backtrace for cpu ")
        && let Some((cpu, _)) = cpu.split_once(" skipped: idling")
    {
        return Some(Stack {
            who: format!("CPU {cpu}"),
            cpu: Some(cpu.to_owned()),
            is_idle: true,
            ..Stack::default()
        });
    }
    if message.starts_with("CPU: ") {
        let (cpu, pid) = (word_behind("CPU: ")?, word_behind("PID: ")?);
        let name = word_behind("Comm: ")?;
        return Some(Stack {
            who: match pid {
                "0" => format!("CPU {cpu}"),
                _ => format!("CPU {cpu}, {name} (pid {pid})"),
            },
            cpu: Some(cpu.to_owned()),
            is_idle: pid == "0",
            ..Stack::default()
        });
    }
    let (name, rest) = message.strip_prefix("task:")?.split_once(" state:")?;
    let pid = word_behind(" pid:")?;
    let state = rest.split_whitespace().next()?;
    Some(Stack {
        who: format!("blocked in state {state}, {} (pid {pid})", name.trim()),
        ..Stack::default()
    })
}

impl Stack {
    fn take(&mut self, message: &str, in_task: bool) {
        if let Some(place) = message.strip_prefix("RIP: 0010:") {
            if self.frames.is_empty() {
                self.frames.push(readable(place).into_owned());
            }
        } else if message.starts_with("RIP: 0033:") {
            self.in_userspace |= self.frames.is_empty();
        } else if NMI_ENTRIES.iter().any(|it| message.starts_with(it)) {
            // The frames so far are the panic's own; the frames below the NMI are of interest.
            self.frames.clear();
        } else if in_task && message.contains("+0x") && !message.starts_with("? ") {
            self.frames.push(readable(message).into_owned());
        }
    }

    /// Returns a rank: the lower it is, the more likely the stack shows why the guest is stuck.
    pub fn rank(&self) -> u32 {
        let is_in = |frame: &String| frame.contains(" [");
        let is_in_kernel_s = |frame: &String| OF_THE_KERNEL.iter().any(|it| frame.contains(it));
        let has_own = self
            .frames
            .iter()
            .any(|it| is_in(it) && !is_in_kernel_s(it));
        match self {
            _ if has_own => 0,
            Stack { cpu: None, .. } => 1,
            Stack { is_idle: true, .. } => 3,
            _ => 2,
        }
    }

    /// Returns the stack as lines for people.
    pub fn lines(&self) -> Vec<String> {
        let who = &self.who;
        if self.is_idle {
            return vec![format!("{who}: idle")];
        }
        if self.in_userspace {
            return vec![format!("{who}: in userspace")];
        }
        let frames = self.frames.iter().map(|frame| format!("    {frame}"));
        [format!("{who}:")].into_iter().chain(frames).collect()
    }
}

/// Returns a line with demangled names of Rust functions.
pub fn readable(line: &str) -> Cow<'_, str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let Some(begin) = line.find("_R").filter(|&at| !line[..at].ends_with(is_name)) else {
        return line.into();
    };
    let end = line[begin..]
        .find(|c| !is_name(c))
        .map_or(line.len(), |end| begin + end);
    let name = format!("{:#}", demangle(&line[begin..end]));
    format!("{}{name}{}", &line[..begin], &line[end..]).into()
}

#[cfg(test)]
mod tests {
    use super::{of, readable};

    #[test]
    fn a_rust_function_has_its_own_name() {
        let line = "[ 1.0]  _RNvNtCs1peUGmbrgHn_4core9panicking9panic_fmt+0x29/0x29 [a]";
        assert_eq!(
            readable(line),
            "[ 1.0]  core::panicking::panic_fmt+0x29/0x29 [a]"
        );
        assert_eq!(readable("a_RN+0x1"), "a_RN+0x1");
    }

    #[test]
    fn a_blocked_task_and_a_cpu_in_userspace_are_told() {
        let lines = [
            "[    7.0] task:sh              state:D stack:0     pid:41    tgid:41    ppid:1",
            "[    7.0] Call Trace:",
            "[    7.0]  <TASK>",
            "[    7.0]  __schedule+0x1/0x2",
            "[    7.0]  </TASK>",
            "[    7.0] CPU: 0 UID: 0 PID: 42 Comm: yes Not tainted",
            "[    7.0]  <TASK>",
            "[    7.0]  vpanic+0xe1/0x2a1",
            "[    7.0]  asm_exc_nmi+0x75/0xbe",
            "[    7.0] RIP: 0033:0x7f9658f6fb9b",
            "[    7.0] NMI backtrace for cpu 1 skipped: idling at pv_native_safe_halt+0xb/0x10",
        ];
        let told: Vec<_> = of(&lines).iter().flat_map(|stack| stack.lines()).collect();
        let expected = [
            "blocked in state D, sh (pid 41):",
            "    __schedule+0x1/0x2",
            "CPU 0, yes (pid 42): in userspace",
            "CPU 1: idle",
        ];
        assert_eq!(told, expected);
    }
}
