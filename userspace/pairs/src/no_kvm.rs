// SPDX-License-Identifier: MIT OR Apache-2.0

//! What to do where `/dev/kvm` cannot be opened.

use kvm_ioctls::Error;
use nix::errno::Errno;

/// Says why `Kvm::new()` failed. It only has an errno; `hiboma::OpenError` says as much itself.
pub fn no_kvm(error: Error) -> anyhow::Error {
    let what = match Errno::from_raw(error.errno()) {
        Errno::ENOENT => {
            "/dev/kvm is missing: load kvm-amd or kvm-intel where the processor can virtualize"
        }
        Errno::ENODEV | Errno::ENXIO => {
            "/dev/kvm is there, but KVM is not: load kvm-amd or kvm-intel where the processor can \
             virtualize"
        }
        Errno::EACCES | Errno::EPERM => {
            "no permission to open /dev/kvm: use sudo, or join the group that `ls -l /dev/kvm` \
             shows and log in again"
        }
        _ => "cannot open /dev/kvm",
    };
    anyhow::Error::new(error).context(format!(
        "{what}, or run this in the lab: `cargo lab run -- …`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(errno: Errno) -> String {
        no_kvm(Error::new(errno as i32)).to_string()
    }

    #[test]
    fn absent_and_forbidden_are_told_apart() {
        let absent = message(Errno::ENOENT);
        assert!(absent.starts_with("/dev/kvm is missing: "), "{absent}");
        let forbidden = message(Errno::EACCES);
        assert!(forbidden.starts_with("no permission to "), "{forbidden}");
        assert!(forbidden.contains("ls -l /dev/kvm"), "{forbidden}");
    }

    #[test]
    fn the_lab_is_always_a_way_out() {
        for errno in [Errno::ENOENT, Errno::ENODEV, Errno::EACCES, Errno::EMFILE] {
            let message = message(errno);
            assert!(message.ends_with("`cargo lab run -- …`"), "{message}");
        }
    }
}
