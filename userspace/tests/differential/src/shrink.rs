// SPDX-License-Identifier: MIT OR Apache-2.0

//! The shrinker: reduces a failing program to a minimal one.

mod simpler;

use anyhow::Result;
use random::without;

use crate::program::{Line, Program};

/// Simplifies `program` as far as `fails` still finds a failure in it, and returns it with
/// that failure. If `program` itself does not fail, there is no failure in the result.
pub fn shrink<F>(
    program: Program,
    mut fails: impl FnMut(&Program) -> Result<Option<F>>,
) -> Result<(Program, Option<F>)> {
    let Some(failure) = fails(&program)? else {
        return Ok((program, None));
    };
    let mut least = (program, failure);
    loop {
        let (program, failure) = least;
        let with = |lines: &[Line]| Program {
            lines: lines.to_vec(),
            ..program.clone()
        };
        let mut lines = (program.lines.clone(), failure);
        let mut progress = without(&mut lines, |lines| fails(&with(lines)))?;
        least = (with(&lines.0), lines.1);
        let mut next = 0;
        loop {
            let candidate = simpler::candidates(&least.0).nth(next);
            let Some(candidate) = candidate else { break };
            match fails(&candidate)? {
                Some(failure) => {
                    least = (candidate, failure);
                    progress = true;
                }
                None => next += 1,
            }
        }
        if !progress {
            return Ok((least.0, Some(least.1)));
        }
    }
}

#[cfg(test)]
mod tests {
    use iced_x86::Mnemonic;

    use super::*;
    use crate::generator;
    use crate::mode::Mode;

    #[test]
    fn what_is_left_is_what_fails() {
        let has = |program: &Program, mnemonic| {
            let mut lines = program.lines.iter();
            lines.any(|line| line.instruction.mnemonic() == mnemonic)
        };
        let fails = |program: &Program| {
            Ok((has(program, Mnemonic::Sbb) && has(program, Mnemonic::Mov)).then_some(()))
        };
        let seeds = 0..200;
        let programs = seeds.map(|seed| generator::program(Mode::Real, seed).unwrap());
        let failing: Vec<_> = programs
            .filter(|program| fails(program).unwrap().is_some())
            .collect();
        assert!(failing.len() > 20);
        for program in failing {
            let (least, failure) = shrink(program, fails).unwrap();

            assert_eq!(failure, Some(()));
            assert_eq!(least.lines.len(), 2, "{:?}", least.lines);
            assert_eq!(least.cpu.regs, [0; 16]);
        }
    }

    #[test]
    fn what_does_not_fail_stays_as_it_is() {
        let program = generator::program(Mode::Real, 1).unwrap();
        let lines = program.lines.len();

        let (same, failure) = shrink(program, |_| Ok(None::<()>)).unwrap();

        assert_eq!((same.lines.len(), failure), (lines, None));
    }
}
