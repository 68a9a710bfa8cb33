// SPDX-License-Identifier: MIT OR Apache-2.0

//! Landlock, by which the live book keeps compilers from the machine's files.

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetError,
};

/// Whether this kernel has it.
pub fn is_there() -> bool {
    let create = || -> Result<_, RulesetError> {
        Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(ABI::V1))?
            .create()
    };
    create().is_ok()
}
