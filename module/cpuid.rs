// SPDX-License-Identifier: GPL-2.0

//! `KVM_SET_CPUID2` and `KVM_GET_CPUID2`: what `cpuid` says in the guest.
//!
//! Counterpart: [`arch/x86/kvm/cpuid.c`](srctree/arch/x86/kvm/cpuid.c).

use kernel::{
    alloc::KVVec,
    prelude::*,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};
use zerocopy::{
    FromZeros,
    IntoBytes, //
};

use super::State;
use crate::{
    kvm::{
        KvmCpuid2,
        KvmCpuidEntry2, //
    },
    uaccess::{
        copy_from_user,
        copy_to_user, //
    }, //
};

/// `KVM_MAX_CPUID_ENTRIES`.
const MAX_ENTRIES: usize = 256;

/// AMD's and Hygon's processors have nothing beyond their last leaf.
const VENDORS_WITHOUT_LAST_LEAF: [&str; 3] = ["AuthenticAMD", "AMDisbetter!", "HygonGenuine"];

/// That an entry is for one subleaf, and not for all: `KVM_CPUID_FLAG_SIGNIFCANT_INDEX`.
const SIGNIFICANT_INDEX: u32 = 1 << 0;

/// # Errors
///
/// `E2BIG` for more than 256 entries; `EINVAL` where the guest has run, and would be told something
/// else from now on; `EFAULT`, `ENOMEM`.
pub(super) fn set(state: &mut State, arg: usize) -> Result<isize> {
    let header: KvmCpuid2 = copy_from_user(arg)?;
    let length = header.nent as usize;
    if length > MAX_ENTRIES {
        return Err(E2BIG);
    }
    let mut entries = KVVec::from_elem(KvmCpuidEntry2::new_zeroed(), length, GFP_KERNEL_ACCOUNT)?;
    user_entries(arg, length)
        .reader()
        .read_slice(entries.as_mut_slice().as_mut_bytes())?;
    if state.has_run && entries.as_bytes() != state.cpuid.as_bytes() {
        return Err(EINVAL);
    }
    state.cpuid = entries;
    Ok(0)
}

/// # Errors
///
/// `E2BIG` where the program's list is too short, and `EFAULT`.
pub(super) fn get(state: &State, arg: usize) -> Result<isize> {
    let mut header: KvmCpuid2 = copy_from_user(arg)?;
    let length = state.cpuid.len();
    if (header.nent as usize) < length {
        return Err(E2BIG);
    }
    user_entries(arg, length)
        .writer()
        .write_slice(state.cpuid.as_bytes())?;
    header.nent = length as u32;
    copy_to_user(arg, &header)?;
    Ok(0)
}

/// Where the entries lie that follow the header.
fn user_entries(header: usize, length: usize) -> UserSlice {
    let address = header.wrapping_add(size_of::<KvmCpuid2>());
    UserSlice::new(
        UserPtr::from_addr(address),
        length * size_of::<KvmCpuidEntry2>(),
    )
}

/// `cpuid` in a guest: all zeros for what there is no entry for.
pub(super) fn cpuid(entries: &[KvmCpuidEntry2], leaf: u32, subleaf: u32) -> [u32; 4] {
    find(entries, leaf, subleaf)
        .or_else(|| find(entries, last_basic_leaf(entries, leaf)?, subleaf))
        .map_or([0; 4], |it| [it.eax, it.ebx, it.ecx, it.edx])
}

fn find(entries: &[KvmCpuidEntry2], leaf: u32, subleaf: u32) -> Option<&KvmCpuidEntry2> {
    entries.iter().find(|it| {
        it.function == leaf && (it.flags & SIGNIFICANT_INDEX == 0 || it.index == subleaf)
    })
}

/// What stands for a leaf beyond the last of its range, on all processors but AMD's: the last leaf
/// of the first range. Counterpart: `get_out_of_range_cpuid_entry()`.
fn last_basic_leaf(entries: &[KvmCpuidEntry2], leaf: u32) -> Option<u32> {
    let basic = find(entries, 0, 0)?;
    let vendor = [basic.ebx, basic.edx, basic.ecx];
    if VENDORS_WITHOUT_LAST_LEAF
        .iter()
        .any(|it| it.as_bytes() == vendor.as_bytes())
    {
        return None;
    }
    let first = match leaf {
        0x4000_0000..=0x4fff_ffff => leaf & 0xffff_ff00,
        0xc000_0000.. => 0xc000_0000,
        _ => leaf & 0x8000_0000,
    };
    let in_range = find(entries, first, 0).is_some_and(|range| leaf <= range.eax);
    (!in_range).then_some(basic.eax)
}
