// SPDX-License-Identifier: GPL-2.0

//! `KVM_GET_SUPPORTED_CPUID`, `KVM_SET_CPUID2`, `KVM_GET_CPUID2`, and what `cpuid` returns in a guest.
//!
//! Counterpart: [`arch/x86/kvm/cpuid.c`](srctree/arch/x86/kvm/cpuid.c).

use core::mem::offset_of;
use kernel::{
    alloc::KVVec,
    prelude::*, //
};
use zerocopy::IntoBytes;

use crate::{
    device::Engine,
    limits::KVM_MAX_CPUID_ENTRIES,
    svm,
    uaccess::{
        copy_from_user,
        copy_to_user, //
    },
    uapi::kvm::{
        KvmCpuid2,
        KvmCpuidEntry2, //
    },
    user_list::{
        copy_entries_from_user,
        copy_entries_to_user, //
    },
    vcpu::sregs::{
        EFER_LMA,
        EFER_LME,
        EFER_NX, //
    }, //
};

const VENDOR: &[u8; 12] = b"HibomaHiboma";
const BRAND: &[u8; 48] = b"hiboma.ko, an interpreter of real-mode x86\0\0\0\0\0\0";

/// Family, model and stepping, unless `KVM_SET_CPUID2` says otherwise.
const SIGNATURE: u32 = 0x600;
/// The only optional feature of the interpreter.
const FEATURE_CMOV: u32 = 1 << 15;

/// AMD's and Hygon's CPUs return zeros for a leaf that is out of range.
const VENDORS_WITHOUT_LAST_LEAF: [&str; 3] = ["AuthenticAMD", "AMDisbetter!", "HygonGenuine"];

/// The entry applies to one subleaf, not to all: `KVM_CPUID_FLAG_SIGNIFCANT_INDEX`.
const SIGNIFICANT_INDEX: u32 = 1 << 0;

static SUPPORTED: [KvmCpuidEntry2; 6] = [
    // The vendor string is in EBX, EDX and ECX, in this order.
    entry(0, [1, word(VENDOR, 0), word(VENDOR, 2), word(VENDOR, 1)]),
    entry(1, [SIGNATURE, 0, 0, FEATURE_CMOV]),
    entry(0x8000_0000, [0x8000_0004, 0, 0, 0]),
    entry(0x8000_0002, brand(0)),
    entry(0x8000_0003, brand(1)),
    entry(0x8000_0004, brand(2)),
];

static EMULATED: [KvmCpuidEntry2; 2] = [entry(0, [1, 0, 0, 0]), entry(1, [0, 0, 0, FEATURE_CMOV])];

const fn entry(function: u32, [eax, ebx, ecx, edx]: [u32; 4]) -> KvmCpuidEntry2 {
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

/// One third of the brand string.
const fn brand(third: usize) -> [u32; 4] {
    [
        word(BRAND, 4 * third),
        word(BRAND, 4 * third + 1),
        word(BRAND, 4 * third + 2),
        word(BRAND, 4 * third + 3),
    ]
}

/// Bytes 4 * `index` to 4 * `index` + 3 of `text`.
const fn word(text: &[u8], index: usize) -> u32 {
    let i = 4 * index;
    u32::from_le_bytes([text[i], text[i + 1], text[i + 2], text[i + 3]])
}

/// `KVM_GET_SUPPORTED_CPUID`: returns the entries that the device can offer a guest. Counterpart:
/// `kvm_dev_ioctl_get_cpuid()`.
///
/// # Errors
///
/// `E2BIG` if the program's list is too short; `EFAULT`.
pub(crate) fn get_supported(engine: Engine, arg: usize) -> Result<isize> {
    match engine {
        Engine::Interpreter => write_entries(arg, &SUPPORTED),
        Engine::Svm => write_entries(arg, &svm::cpuid::supported()),
    }
}

/// `KVM_GET_EMULATED_CPUID`: returns the features that hiboma emulates even if the host lacks them.
/// Counterpart: the same function.
///
/// # Errors
///
/// As [`get_supported`]; as in KVM, also `E2BIG` if the list has no room for one more entry, and
/// `EINVAL` if an entry's padding is not 0, or cannot be read.
pub(crate) fn get_emulated(arg: usize) -> Result<isize> {
    let header: KvmCpuid2 = copy_from_user(arg)?;
    let nent = header.nent as usize;
    if !(0..nent.min(KVM_MAX_CPUID_ENTRIES)).all(|index| has_no_padding(arg, index)) {
        return Err(EINVAL);
    }
    if nent <= EMULATED.len() {
        return Err(E2BIG);
    }
    write_entries(arg, &EMULATED)
}

/// Returns whether the padding of an entry in userspace is 0: `sanity_check_entries()`.
fn has_no_padding(arg: usize, index: usize) -> bool {
    let entry = size_of::<KvmCpuid2>() + index * size_of::<KvmCpuidEntry2>();
    let padding = entry + offset_of!(KvmCpuidEntry2, padding);
    copy_from_user(arg.wrapping_add(padding)) == Ok([0u32; 3])
}

/// The `cpuid` entries of one vCPU, set by `KVM_SET_CPUID2`.
pub(crate) struct Cpuid(KVVec<KvmCpuidEntry2>);

impl Cpuid {
    pub(crate) const fn new() -> Self {
        Cpuid(KVVec::new())
    }

    /// `KVM_SET_CPUID2`. Counterpart: `kvm_vcpu_ioctl_set_cpuid2()`.
    ///
    /// # Errors
    ///
    /// `E2BIG` for more than 256 entries; `EINVAL` if the vCPU has run and the entries change, or
    /// if virtual addresses have neither 48 nor 57 bits; `EFAULT`, `ENOMEM`.
    pub(crate) fn set(&mut self, arg: usize, has_run: bool) -> Result<isize> {
        let header: KvmCpuid2 = copy_from_user(arg)?;
        let nent = header.nent as usize;
        if nent > KVM_MAX_CPUID_ENTRIES {
            return Err(E2BIG);
        }
        let new = Cpuid(copy_entries_from_user::<KvmCpuid2, _>(arg, nent)?);
        if has_run && !self.is_equal(&new) || !matches!(new.virtual_bits(), 0 | 48 | 57) {
            return Err(EINVAL);
        }
        *self = new;
        Ok(0)
    }

    /// Returns whether the entries are the same. Padding is not compared. Counterpart:
    /// `kvm_cpuid_check_equal()`.
    fn is_equal(&self, other: &Self) -> bool {
        let compared = |it: &KvmCpuidEntry2| {
            [
                it.function,
                it.index,
                it.flags,
                it.eax,
                it.ebx,
                it.ecx,
                it.edx,
            ]
        };
        self.0.iter().map(compared).eq(other.0.iter().map(compared))
    }

    /// `KVM_GET_CPUID2`. Counterpart: `kvm_vcpu_ioctl_get_cpuid2()`.
    ///
    /// # Errors
    ///
    /// `E2BIG` if the program's list is too short; `EFAULT`.
    pub(crate) fn get(&self, arg: usize) -> Result<isize> {
        write_entries(arg, &self.0)
    }

    /// Returns the signature that EDX holds at reset.
    pub(crate) fn signature(&self) -> u32 {
        let leaf = self.0.iter().find(|entry| entry.function == 1);
        leaf.map_or(SIGNATURE, |entry| entry.eax)
    }

    /// Returns EAX, EBX, ECX and EDX of `cpuid`. Counterpart: `kvm_cpuid()`.
    pub(crate) fn query(&self, leaf: u32, subleaf: u32) -> [u32; 4] {
        let leaf = match self.find(leaf, subleaf) {
            Some(_) => leaf,
            None => self.last_basic_leaf(leaf).unwrap_or(leaf),
        };
        if let Some(it) = self.find(leaf, subleaf) {
            return [it.eax, it.ebx, it.ecx, it.edx];
        }
        match self.find(leaf, 1) {
            // The CPU's topology: EDX is the APIC ID in every subleaf, even in undefined ones.
            Some(it) if matches!(leaf, 0xb | 0x1f) => [0, 0, subleaf & 0xff, it.edx],
            _ => [0; 4],
        }
    }

    /// Returns the bits of EFER that leaf 0x8000_0001 allows: those of long mode, and NX.
    pub(crate) fn efer_bits(&self) -> u64 {
        const LM: u32 = 1 << 29;
        const NX: u32 = 1 << 20;

        let features = self.find(0x8000_0001, 0).map_or(0, |it| it.edx);
        let long_mode = if features & LM != 0 {
            EFER_LME | EFER_LMA
        } else {
            0
        };
        let nx = if features & NX != 0 { EFER_NX } else { 0 };
        long_mode | nx
    }

    /// Returns the number of bits of a physical address: `cpuid_query_maxphyaddr()`.
    pub(crate) fn physical_bits(&self) -> u32 {
        let extended = self.find(0x8000_0000, 0);
        let has_leaf = extended.is_some_and(|it| it.eax >= 0x8000_0008);
        let leaf = self.find(0x8000_0008, 0).filter(|_| has_leaf);
        leaf.map_or(36, |it| it.eax & 0xff).min(63)
    }

    /// Returns the number of bits of a virtual address; 0 if the entries do not tell.
    fn virtual_bits(&self) -> u32 {
        self.find(0x8000_0008, 0).map_or(0, |it| it.eax >> 8 & 0xff)
    }

    fn find(&self, leaf: u32, subleaf: u32) -> Option<&KvmCpuidEntry2> {
        self.0.iter().find(|it| {
            it.function == leaf && (it.flags & SIGNIFICANT_INDEX == 0 || it.index == subleaf)
        })
    }

    /// Returns the leaf that replaces one out of range (not on AMD and Hygon CPUs). Counterpart:
    /// `get_out_of_range_cpuid_entry()`.
    fn last_basic_leaf(&self, leaf: u32) -> Option<u32> {
        let basic = self.find(0, 0)?;
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
        let in_range = self.find(first, 0).is_some_and(|range| leaf <= range.eax);
        (!in_range).then_some(basic.eax)
    }
}

/// Writes a list to userspace, and its length into its header.
fn write_entries(arg: usize, entries: &[KvmCpuidEntry2]) -> Result<isize> {
    let mut header: KvmCpuid2 = copy_from_user(arg)?;
    if (header.nent as usize) < entries.len() {
        return Err(E2BIG);
    }
    copy_entries_to_user::<KvmCpuid2, _>(arg, entries)?;
    header.nent = entries.len() as u32;
    copy_to_user(arg, &header)?;
    Ok(0)
}
