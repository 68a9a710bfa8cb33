// SPDX-License-Identifier: MIT OR Apache-2.0

//! Landlock, with which the live book keeps compilers from reading this machine's files.

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetError,
};

/// Returns whether this kernel has Landlock.
pub fn is_there() -> bool {
    let create = || -> Result<_, RulesetError> {
        Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(ABI::V1))?
            .create()
    };
    create().is_ok()
}
