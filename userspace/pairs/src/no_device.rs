// SPDX-License-Identifier: MIT OR Apache-2.0

//! What to do where a device cannot be opened, or is another than it should be.

use std::path::Path;

use anyhow::anyhow;
use kvm_bindings::KVM_API_VERSION;
use kvm_ioctls::Error;
use nix::errno::Errno;

/// Says why `Kvm::new()` failed. It only has an errno; `hiboma::OpenError` says as much itself.
pub fn no_kvm(error: Error) -> anyhow::Error {
    no_device(Path::new("/dev/kvm"), error)
}

/// Says why `Kvm::new_with_path()` failed.
pub(crate) fn no_device(path: &Path, error: Error) -> anyhow::Error {
    let advice = Advice::on(path);
    let path = path.display();
    let what = match Errno::from_raw(error.errno()) {
        Errno::ENOENT | Errno::ENOTDIR => format!("{path} is missing: {}", advice.missing),
        Errno::ENODEV | Errno::ENXIO => {
            format!("{path} is there, but no driver is: {}", advice.missing)
        }
        Errno::EACCES | Errno::EPERM => {
            format!("no permission to open {path}: {}", advice.forbidden)
        }
        _ => format!("cannot open {path}"),
    };
    anyhow::Error::new(error).context(format!("{what}, {LAB}"))
}

/// Says that what was opened does not answer `KVM_GET_API_VERSION` as KVM does.
pub(crate) fn other_device(path: &Path, version: i32) -> anyhow::Error {
    let answer = match version {
        -1 => "has no answer".to_owned(),
        version => format!("answers {version}"),
    };
    anyhow!(
        "{} does not speak KVM's ABI: to KVM_GET_API_VERSION it {answer}, where {KVM_API_VERSION} \
         is expected; name /dev/hiboma or /dev/kvm, {LAB}",
        path.display()
    )
}

/// What always works.
const LAB: &str = "or run this in the lab: `cargo lab run -- …`";

/// What to do about a device that does not open.
struct Advice {
    missing: &'static str,
    forbidden: String,
}

impl Advice {
    /// A device is known by its name, since containers may have it in another place.
    fn on(path: &Path) -> Self {
        let groups = format!(
            "use sudo, or join the group that `ls -l {}` shows and log in again",
            path.display()
        );
        match path.file_name().and_then(|name| name.to_str()) {
            Some("kvm") => Advice {
                missing: "load kvm-amd or kvm-intel where the processor can virtualize",
                forbidden: groups,
            },
            Some("hiboma") => Advice {
                missing: "load the module with `make -C module insmod`",
                forbidden: "it is root's, so use sudo".to_owned(),
            },
            _ => Advice {
                missing: "name /dev/hiboma or /dev/kvm",
                forbidden: groups,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(path: &str, errno: Errno) -> String {
        no_device(Path::new(path), Error::new(errno as i32)).to_string()
    }

    #[test]
    fn absent_and_forbidden_are_told_apart() {
        let absent = message("/dev/kvm", Errno::ENOENT);
        assert!(absent.starts_with("/dev/kvm is missing: "), "{absent}");
        let forbidden = message("/dev/kvm", Errno::EACCES);
        assert!(
            forbidden.starts_with("no permission to open /dev/kvm: "),
            "{forbidden}"
        );
        assert!(forbidden.contains("ls -l /dev/kvm"), "{forbidden}");
    }

    #[test]
    fn the_advice_is_on_the_device_that_was_named() {
        let kvm = message("/dev/kvm", Errno::ENOENT);
        assert!(kvm.contains("load kvm-amd or kvm-intel"), "{kvm}");
        let hiboma = message("/dev/hiboma", Errno::ENOENT);
        assert!(hiboma.contains("make -C module insmod"), "{hiboma}");
        let forbidden = message("/dev/hiboma", Errno::EACCES);
        assert!(forbidden.contains("use sudo"), "{forbidden}");
        let other = message("/dev/kmv", Errno::ENOENT);
        assert!(other.contains("name /dev/hiboma or /dev/kvm"), "{other}");
    }

    #[test]
    fn the_lab_is_always_a_way_out() {
        for path in ["/dev/kvm", "/dev/hiboma", "/dev/kmv"] {
            for errno in [Errno::ENOENT, Errno::ENODEV, Errno::EACCES, Errno::EMFILE] {
                let message = message(path, errno);
                assert!(message.ends_with("`cargo lab run -- …`"), "{message}");
            }
        }
    }
}
