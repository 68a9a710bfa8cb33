// SPDX-License-Identifier: MIT OR Apache-2.0

//! Rust's names as a reader of the source knows them.

use std::sync::LazyLock;

use regex::Regex;
use rustc_demangle::try_demangle;

/// The short name of a function: that of a type and its method, or of a module and its function.
///
/// `hiboma::vm::Vm::getfd` is `Vm::getfd`, `<hiboma::vm::Vm as Ioctl>::ioctl` is `Vm::ioctl`, and
/// `hiboma::vm::create_vcpu::ioctl` is `create_vcpu::ioctl`. A name of C's is what it is.
pub fn short(symbol: &str) -> String {
    let Ok(name) = try_demangle(symbol) else {
        return symbol.to_owned();
    };
    let name = without_generics(&format!("{name:#}"));
    let mut path: Vec<&str> = name.split("::").collect();
    let begin = path.len().saturating_sub(2);
    // A closure belongs to the function that it is in.
    let closures = path
        .iter()
        .rev()
        .take_while(|it| it.starts_with('{'))
        .count();
    path.drain(..begin.saturating_sub(closures));
    path.join("::")
}

/// Without what is between angle brackets, but for the type that has the method.
fn without_generics(name: &str) -> String {
    static AS_TRAIT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^<&?(?:mut )?([^<> ]+)(?:<.*>)?(?: as .*)?>::([^<>]*)").ok());
    let name = match AS_TRAIT.as_ref().and_then(|pattern| pattern.captures(name)) {
        // Called by its trait, it is still the closure.
        Some(parts) if parts[1].ends_with('}') => parts[1].to_owned(),
        Some(parts) => format!("{}::{}", &parts[1], &parts[2]),
        None => name.to_owned(),
    };
    let (mut depth, mut kept) = (0, String::new());
    for character in name.chars() {
        match character {
            '<' => depth += 1,
            '>' => depth -= 1,
            _ if depth == 0 => kept.push(character),
            _ => {}
        }
    }
    kept.replace("::::", "::").trim_matches(':').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{short, without_generics};

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
                "MiscdeviceVTable::ioctl",
            ),
            ("anon_inode_getfd", "anon_inode_getfd"),
        ] {
            assert_eq!(short(symbol), name);
        }
    }

    #[test]
    fn of_generics_nothing_is_left() {
        for (name, kept) in [
            ("<a::B<c::D> as e::F<g::H>>::i", "a::B::i"),
            ("a::b::<c::D<E>>", "a::b"),
            ("<a::B<c::D>>::e::<F>", "a::B::e"),
            ("<a::B<u64, c::D>>::e", "a::B::e"),
            (
                "<&mut a::b::{closure#0} as c::F<()>>::call",
                "a::b::{closure#0}",
            ),
            ("a::b", "a::b"),
        ] {
            assert_eq!(without_generics(name), kept, "{name}");
        }
    }
}
