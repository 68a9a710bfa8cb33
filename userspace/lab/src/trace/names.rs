// SPDX-License-Identifier: MIT OR Apache-2.0

//! Shortens Rust's symbol names to what a reader of the source knows.

use std::sync::LazyLock;

use regex::Regex;
use rustc_demangle::try_demangle;

/// Returns the short name of a function: its type and method, or its module and function.
///
/// `<hiboma::vm::Vm>::getfd` is `Vm::getfd`, `<kernel::sync::arc::Arc<hiboma::vm::Vm> as Drop>::drop` is
/// `Arc<Vm>::drop`, and `hiboma::vm::create_vcpu::ioctl` is `create_vcpu::ioctl`. Of a C name, only what
/// gcc appends to the name of a copy is left out: `kvm_free_memslots.part.0` is `kvm_free_memslots`.
pub fn short(symbol: &str) -> String {
    let Ok(name) = try_demangle(symbol) else {
        let end = symbol.find('.').filter(|at| *at > 0);
        return symbol[..end.unwrap_or(symbol.len())].to_owned();
    };
    let name = without_paths(&format!("{name:#}"));
    match of_method(&name) {
        // If it is called through its trait, the name is still the closure's.
        Some((of, _)) if of.ends_with('}') => of.to_owned(),
        Some((of, method)) => format!("{of}{}", without_arguments(method)),
        None => without_arguments(&name).to_owned(),
    }
}

/// Reduces the path of a type to its own name, and that of a function to its module and name.
fn without_paths(name: &str) -> String {
    static PATHS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            (r"\b(?:[a-z_]\w*::)+([A-Z]\w*)", "$1"),
            (r"\b(?:[a-z_]\w*::)+([a-z_]\w*::[a-z_]\w*)", "$1"),
        ]
        .into_iter()
        .filter_map(|(pattern, kept)| Some((Regex::new(pattern).ok()?, kept)))
        .collect()
    });
    let shorten = |name: String, (pattern, kept): &(Regex, &str)| {
        pattern.replace_all(&name, *kept).into_owned()
    };
    PATHS.iter().fold(name.to_owned(), shorten)
}

/// Returns the type and the rest of `<TYPE as TRAIT>::METHOD`.
fn of_method(name: &str) -> Option<(&str, &str)> {
    let inner = name.strip_prefix('<')?;
    let mut depth = 1;
    let mut end_of_type = None;
    for (at, character) in inner.char_indices() {
        match character {
            '<' => depth += 1,
            '>' => depth -= 1,
            ' ' if depth == 1 && inner[at..].starts_with(" as ") => end_of_type = Some(at),
            _ => {}
        }
        if depth == 0 {
            let of = inner[..end_of_type.unwrap_or(at)].trim_start_matches('&');
            return Some((of.trim_start_matches("mut "), &inner[at + 1..]));
        }
    }
    None
}

/// Removes a function's generic arguments, except those of `drop_in_place`, which name the type.
fn without_arguments(function: &str) -> &str {
    match function.find("::<") {
        Some(at) if !function[..at].ends_with("drop_in_place") => &function[..at],
        _ => function,
    }
}

#[cfg(test)]
mod tests {
    use super::{of_method, short, without_arguments, without_paths};

    #[test]
    fn a_symbol_becomes_a_short_name() {
        for (symbol, name) in [
            ("_RNvMNtCs6BVXpWJQ74D_6hiboma2vmNtB2_2Vm5getfd", "Vm::getfd"),
            (
                "_RINvNtNtCs6BVXpWJQ74D_6hiboma12abstractions10anon_inode5getfdNtNtB6_2vm2VmEB6_",
                "anon_inode::getfd",
            ),
            (
                "_RNvXs_NtCs6BVXpWJQ74D_6hiboma6deviceNtB4_12HibomaDeviceNtNtCs1EKtwoKEMO2_6kernel10miscdevice10MiscDevice5ioctl",
                "HibomaDevice::ioctl",
            ),
            (
                "_RNvMs2_NtCs1EKtwoKEMO2_6kernel10miscdeviceINtB5_16MiscdeviceVTableNtNtCs6BVXpWJQ74D_6hiboma6device12HibomaDeviceE5ioctlB16_",
                "MiscdeviceVTable<HibomaDevice>::ioctl",
            ),
            ("anon_inode_getfd", "anon_inode_getfd"),
            ("kvm_free_memslots.part.0", "kvm_free_memslots"),
            ("__kvm_mmu_topup.isra.0.cold", "__kvm_mmu_topup"),
        ] {
            assert_eq!(short(symbol), name);
        }
    }

    #[test]
    fn paths_and_arguments_are_left_out() {
        let name = "<a::B<c::D> as e::F<g::H>>::i::<j::K>";
        let name = without_paths(name);
        assert_eq!(name, "<B<D> as F<H>>::i::<K>");
        let (of, method) = of_method(&name).unwrap();
        assert_eq!((of, without_arguments(method)), ("B<D>", "::i"));

        let closure = without_paths("<&mut a::b::c::{closure#0} as d::E<()>>::f");
        assert_eq!(of_method(&closure).unwrap().0, "b::c::{closure#0}");

        let function = without_paths("a::b::c::<d::E>");
        assert_eq!(without_arguments(&function), "b::c");
        let drop = without_paths("core::ptr::drop_in_place::<a::B>");
        assert_eq!(without_arguments(&drop), "ptr::drop_in_place::<B>");
    }
}
