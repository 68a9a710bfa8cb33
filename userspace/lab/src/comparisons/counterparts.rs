// SPDX-License-Identifier: MIT OR Apache-2.0

//! Names that differ between `/dev/hiboma` and `/dev/kvm`.

/// The kernel's names for the same thing on each device: the device, a VM, a vCPU.
const NAMES: [(&str, &str); 4] = [
    ("/dev/hiboma-svm", "/dev/kvm"),
    ("/dev/hiboma", "/dev/kvm"),
    ("anon_inode:hiboma-anon", "anon_inode:kvm-vm"),
    ("anon_inode:hiboma-vcpu:", "anon_inode:kvm-vcpu:"),
];

/// Replaces hiboma's names with KVM's.
pub fn as_on_kvm(text: &str) -> String {
    NAMES.iter().fold(text.to_owned(), |text, (hiboma, kvm)| {
        text.replace(hiboma, kvm)
    })
}

/// Returns whether a file with this name is one of the devices, or was created by one.
pub fn is_of_a_device(name: &str) -> bool {
    let of = |prefix: &str| name.starts_with(prefix);
    NAMES.iter().any(|(hiboma, kvm)| of(hiboma) || of(kvm))
}

#[cfg(test)]
mod tests {
    use super::{as_on_kvm, is_of_a_device};

    #[test]
    fn only_names_are_replaced() {
        assert_eq!(as_on_kvm("3 -> /dev/hiboma"), "3 -> /dev/kvm");
        assert_eq!(
            as_on_kvm("5 -> anon_inode:hiboma-vcpu:0"),
            "5 -> anon_inode:kvm-vcpu:0"
        );
        assert_eq!(as_on_kvm("version = 110"), "version = 110");
    }

    #[test]
    fn other_files_are_of_no_device() {
        assert!(is_of_a_device("anon_inode:kvm-vcpu:1"));
        assert!(!is_of_a_device("anon_inode:[eventfd]"));
        assert!(!is_of_a_device("/proc/self/fd"));
    }
}
