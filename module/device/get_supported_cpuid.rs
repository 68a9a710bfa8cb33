// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_SUPPORTED_CPUID`: what `cpuid` can be made to say in a guest.
//!
//! Counterpart: `kvm_dev_ioctl_get_cpuid()` in
//! [`arch/x86/kvm/cpuid.c`](srctree/arch/x86/kvm/cpuid.c).

use kernel::prelude::*;

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

/// Family, model and stepping that a processor has where nobody has said otherwise.
pub(crate) const SIGNATURE: u32 = 0x600;

/// `cmov` is there. A real-mode program may not care for more.
const FEATURE_CMOV: u32 = 1 << 15;

const BRAND: &[u8; 48] = b"hiboma.ko, an interpreter of real-mode x86\0\0\0\0\0\0";

/// Bytes 4 * `index` to 4 * `index` + 3 of a text.
const fn word(text: &[u8], index: usize) -> u32 {
    let i = 4 * index;
    u32::from_le_bytes([text[i], text[i + 1], text[i + 2], text[i + 3]])
}

/// One entry of the list.
const fn leaf(function: u32, [eax, ebx, ecx, edx]: [u32; 4]) -> KvmCpuidEntry2 {
    KvmCpuidEntry2 {
        function,
        index: 0,
        flags: 0,
        eax,
        ebx,
        ecx,
        edx,
        padding: [0; 3],
    }
}

/// A third of the brand.
const fn brand(third: usize) -> [u32; 4] {
    [
        word(BRAND, 4 * third),
        word(BRAND, 4 * third + 1),
        word(BRAND, 4 * third + 2),
        word(BRAND, 4 * third + 3),
    ]
}

const VENDOR: &[u8; 12] = b"HibomaHiboma";

static SUPPORTED: [KvmCpuidEntry2; 6] = [
    // The order of the vendor's parts is EBX, EDX, ECX.
    leaf(0, [1, word(VENDOR, 0), word(VENDOR, 2), word(VENDOR, 1)]),
    leaf(1, [SIGNATURE, 0, 0, FEATURE_CMOV]),
    leaf(0x8000_0000, [0x8000_0004, 0, 0, 0]),
    leaf(0x8000_0002, brand(0)),
    leaf(0x8000_0003, brand(1)),
    leaf(0x8000_0004, brand(2)),
];

/// # Errors
///
/// `E2BIG` where the program's list is too short, and `EFAULT`.
pub(super) fn ioctl(arg: usize) -> Result<isize> {
    let mut header: KvmCpuid2 = copy_from_user(arg)?;
    if (header.nent as usize) < SUPPORTED.len() {
        return Err(E2BIG);
    }
    header.nent = SUPPORTED.len() as u32;
    copy_to_user(arg.wrapping_add(size_of::<KvmCpuid2>()), &SUPPORTED)?;
    copy_to_user(arg, &header)?;
    Ok(0)
}
