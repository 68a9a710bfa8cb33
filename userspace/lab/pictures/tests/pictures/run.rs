// SPDX-License-Identifier: MIT OR Apache-2.0

//! A recorded run of `calls`: the descriptors of its process at some point. Those of sockets,
//! which only transport others, are not included.

use std::collections::BTreeMap;

/// The ioctls that return a descriptor: `HIBOMA_OPEN_FD`, `KVM_CREATE_VM`, `KVM_CREATE_VCPU`.
const MAKES_FD: [&str; 3] = ["0x1", "0xae01", "0xae41"];
const FIONCLEX: &str = "0x5450";
const FIOCLEX: &str = "0x5451";

/// The state of a process.
#[derive(Default)]
pub struct Run {
    /// The open file of each descriptor, and whether it is close-on-exec.
    pub descriptors: BTreeMap<u32, (OpenFile, bool)>,
    /// The files that are mapped.
    pub mappings: Vec<OpenFile>,
    /// The files of the messages in the queue of a socket.
    pub messages: Vec<OpenFile>,
    /// The number of the descriptor that a receiver has got.
    pub received: Option<u32>,
    /// The reference count of the module, if the run has read it.
    pub module: Option<usize>,
    opened: OpenFile,
}

/// One open file; the first of a run is 1.
pub type OpenFile = usize;

impl Run {
    /// Returns the state behind the first line that begins with `after`, or at the end.
    pub fn read(recording: &str, after: Option<&str>) -> Self {
        let mut run = Run::default();
        let mut lines = recording.lines();
        for line in lines.by_ref() {
            run.step(line);
            if after.is_some_and(|after| line.starts_with(after)) {
                run.module = None;
                break;
            }
        }
        // The output of commands at that point comes before the next call.
        for line in lines.take_while(|line| call(line).is_none()) {
            run.step(line);
        }
        run
    }

    fn step(&mut self, line: &str) {
        if let Ok(count) = line.parse() {
            self.module = Some(count);
        }
        let Some((name, arguments, Ok(result))) = call(line) else {
            return;
        };
        let number = |place: usize| arguments[place].parse::<u32>().expect("a descriptor");
        match name {
            "open" => self.open(result, false),
            "ioctl" if MAKES_FD.contains(&arguments[1]) => self.open(result, true),
            "ioctl" if [FIONCLEX, FIOCLEX].contains(&arguments[1]) => {
                let descriptor = self.descriptors.get_mut(&number(0)).expect("it is open");
                descriptor.1 = arguments[1] == FIOCLEX;
            }
            "dup" => {
                let (file, _) = self.descriptors[&number(0)];
                self.descriptors.insert(result, (file, false));
            }
            "close" => {
                self.descriptors.remove(&number(0));
            }
            "sendmsg" => self
                .messages
                .push(self.descriptors[&passed(arguments[1])].0),
            "recvmsg" => {
                self.messages.remove(0);
                self.received = Some(passed(arguments[1]));
            }
            "mmap" => self.mappings.push(self.descriptors[&number(4)].0),
            _ => {}
        }
    }

    fn open(&mut self, number: u32, cloexec: bool) {
        self.opened += 1;
        self.descriptors.insert(number, (self.opened, cloexec));
    }
}

/// Returns the descriptor in `SCM_RIGHTS [6]`.
fn passed(argument: &str) -> u32 {
    let number = argument
        .trim_start_matches("SCM_RIGHTS [")
        .trim_end_matches(']');
    number.parse().expect("a descriptor")
}

/// Parses a line of `calls`: the call, its arguments, and its result, unless that is an error.
fn call(line: &str) -> Option<(&str, Vec<&str>, Result<u32, ()>)> {
    let (call, result) = line.split_once(") = ")?;
    let (name, arguments) = call.split_once('(')?;
    let result = match result {
        "(an address)" => Ok(0),
        _ => result.parse().map_err(|_| ()),
    };
    Some((name, arguments.split(", ").collect(), result))
}
