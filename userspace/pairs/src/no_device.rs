// SPDX-License-Identifier: MIT OR Apache-2.0

//! What to do if a device cannot be opened, or is another device than expected.

use std::path::Path;

use anyhow::anyhow;
use kvm_bindings::KVM_API_VERSION;
use kvm_ioctls::Error;
use nix::errno::Errno;

/// Says why `Kvm::new()` failed, which returns only an errno. `hiboma::OpenError` needs no help.
pub fn no_kvm(error: Error) -> anyhow::Error {
    no_device(Path::new("/dev/kvm"), error)
}

/// Says why `Kvm::new_with_path()` failed.
pub(crate) fn no_device(path: &Path, error: Error) -> anyhow::Error {
    advise(path, error, Place::here())
}

fn advise(path: &Path, error: Error, place: Place) -> anyhow::Error {
    let advice = Advice::on(path, place);
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
    anyhow::Error::new(error).context(what + place.way_out())
}

/// Says that the device does not answer `KVM_GET_API_VERSION` as KVM does.
pub(crate) fn other_device(path: &Path, version: i32) -> anyhow::Error {
    let answer = match version {
        -1 => "has no answer".to_owned(),
        version => format!("answers {version}"),
    };
    anyhow!(
        "{} does not speak KVM's ABI: to KVM_GET_API_VERSION it {answer}, where {KVM_API_VERSION} \
         is expected; name /dev/hiboma or /dev/kvm{}",
        path.display(),
        Place::here().way_out()
    )
}

/// The directory of the modules in the lab's guests. hiboma.ko is in it only there.
const MODULES: &str = "/lib/modules";
const HIBOMA: &str = "/lib/modules/hiboma.ko";

/// Where the program runs.
#[derive(Clone, Copy)]
enum Place {
    Guest,
    Elsewhere,
}

impl Place {
    fn here() -> Self {
        match Path::new(HIBOMA).exists() {
            true => Place::Guest,
            false => Place::Elsewhere,
        }
    }

    /// Returns the advice that always works.
    fn way_out(self) -> &'static str {
        match self {
            Place::Guest => "",
            Place::Elsewhere => ", or run this in the lab: `cargo lab run -- …`",
        }
    }
}

/// What to do about a device that does not open.
struct Advice {
    missing: String,
    forbidden: String,
}

impl Advice {
    /// Goes by the name of the device, since containers may have it in another directory.
    fn on(path: &Path, place: Place) -> Self {
        let groups = format!(
            "use sudo, or join the group that `ls -l {}` shows and log in again",
            path.display()
        );
        match path.file_name().and_then(|name| name.to_str()) {
            Some("kvm") => Advice {
                missing: match place {
                    Place::Guest => format!("load kvm-amd.ko or kvm-intel.ko from {MODULES}"),
                    Place::Elsewhere => {
                        "load kvm-amd or kvm-intel where the CPU can virtualize".to_owned()
                    }
                },
                forbidden: groups,
            },
            Some("hiboma") => Advice {
                missing: match place {
                    Place::Guest => format!("load the module with `insmod {HIBOMA}`"),
                    Place::Elsewhere => "load the module with `make -C module insmod`".to_owned(),
                },
                forbidden: "it is root's, so use sudo".to_owned(),
            },
            Some("hiboma-svm") => Advice {
                missing:
                    "the module has it where the CPU has SVM, and `dmesg` says why it is not there"
                        .to_owned(),
                forbidden: "it is root's, so use sudo".to_owned(),
            },
            _ => Advice {
                missing: "name /dev/hiboma or /dev/kvm".to_owned(),
                forbidden: groups,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(path: &str, errno: Errno) -> String {
        said(path, errno, Place::Elsewhere)
    }

    fn said(path: &str, errno: Errno, place: Place) -> String {
        advise(Path::new(path), Error::new(errno as i32), place).to_string()
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
        let svm = message("/dev/hiboma-svm", Errno::ENOENT);
        assert!(svm.contains("where the CPU has SVM"), "{svm}");
        let other = message("/dev/kmv", Errno::ENOENT);
        assert!(other.contains("name /dev/hiboma or /dev/kvm"), "{other}");
    }

    #[test]
    fn in_a_guest_the_modules_are_there() {
        let hiboma = said("/dev/hiboma", Errno::ENOENT, Place::Guest);
        assert_eq!(
            hiboma,
            "/dev/hiboma is missing: load the module with `insmod /lib/modules/hiboma.ko`"
        );
        let kvm = said("/dev/kvm", Errno::ENOENT, Place::Guest);
        assert!(kvm.ends_with("from /lib/modules"), "{kvm}");
    }

    #[test]
    fn elsewhere_the_lab_is_a_way_out() {
        for path in ["/dev/kvm", "/dev/hiboma", "/dev/kmv"] {
            for errno in [Errno::ENOENT, Errno::ENODEV, Errno::EACCES, Errno::EMFILE] {
                let message = message(path, errno);
                assert!(message.ends_with("`cargo lab run -- …`"), "{message}");
            }
        }
    }
}
