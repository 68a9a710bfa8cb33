// SPDX-License-Identifier: MIT OR Apache-2.0

//! Compares the outcomes of a program on two devices.

use std::fmt;

use nix::errno::Errno;

use crate::known::{Reason, harmless, mask, parting, word};
use crate::outcome::Outcome;
use crate::program::{Line, Program};
use crate::waiting::Waiting;

/// The outcomes of a program's ops.
pub type Outcomes = Vec<Option<Outcome>>;

/// The result of a comparison.
#[derive(Debug)]
pub struct Comparison {
    /// The number of compared ops.
    pub compared: usize,
    /// The known differences, in order; the last may have ended the comparison.
    pub known: Vec<Reason>,
    /// An unknown difference, which ended the comparison.
    pub difference: Option<Difference>,
}

/// An op with different outcomes.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Its number.
    pub number: usize,
    line: Line,
    kvm: Option<Outcome>,
    hiboma: Option<Outcome>,
}

/// Compares the outcomes on KVM with those on hiboma.
pub fn compare(program: &Program, kvm: Outcomes, hiboma: Outcomes) -> Comparison {
    let mut comparison = Comparison {
        compared: 0,
        known: Vec::new(),
        difference: None,
    };
    let mut waiting = Waiting::default();
    for (number, (mut kvm, mut hiboma)) in kvm.into_iter().zip(hiboma).enumerate() {
        let line = &program.0[number];
        comparison.compared += usize::from(kvm.is_some());
        if let (Some(kvm), Some(hiboma)) = (&mut kvm, &mut hiboma) {
            mask(&line.op, kvm);
            mask(&line.op, hiboma);
            waiting.follow(&line.op, kvm);
            if kvm == hiboma {
                continue;
            }
            if let Some(reason) = harmless(&line.op, kvm, hiboma) {
                comparison.known.push(reason);
                continue;
            }
            if let Some(reason) = parting(&line.op, kvm, hiboma, &waiting) {
                comparison.known.push(reason);
                return comparison;
            }
        } else if kvm.is_none() && hiboma.is_none() {
            continue;
        }
        comparison.difference = Some(Difference {
            number,
            line: line.clone(),
            kvm,
            hiboma,
        });
        break;
    }
    comparison
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# op {}, {}", self.number, self.line)?;
        let (Some(kvm), Some(hiboma)) = (&self.kvm, &self.hiboma) else {
            let executed = |outcome: &Option<Outcome>| outcome.is_some();
            let both = (executed(&self.kvm), executed(&self.hiboma));
            return writeln!(f, "#   executed: {} on KVM, {} on hiboma", both.0, both.1);
        };
        let results = [kvm.result, hiboma.result].map(result);
        writeln!(f, "#   KVM: {}, hiboma: {}", results[0], results[1])?;
        for index in 0..kvm.words.len().max(hiboma.words.len()) {
            let [one, other] = [kvm, hiboma].map(|outcome| outcome.words.get(index));
            if one != other {
                let name = word(&self.line.op, index);
                writeln!(f, "#   {name}: KVM: {one:x?}, hiboma: {other:x?}")?;
            }
        }
        Ok(())
    }
}

/// Returns a system call's result as text.
pub fn result(result: i64) -> String {
    match i32::try_from(-result) {
        Ok(errno @ 1..4096) => format!("{:?}", Errno::from_raw(errno)),
        _ => format!("{result:#x}"),
    }
}
