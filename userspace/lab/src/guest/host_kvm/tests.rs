// SPDX-License-Identifier: MIT OR Apache-2.0

use super::{Device, Facts, Unusable, Vendor, decide};

/// A laptop on which KVM works and nests.
fn laptop() -> Facts {
    Facts {
        device: Device::Works,
        vendor: Some(Vendor::Intel),
        virtual_cpu: false,
        module_loaded: true,
        nesting: true,
        container: false,
        wsl: false,
    }
}

fn without_device() -> Facts {
    Facts {
        device: Device::Absent,
        ..laptop()
    }
}

#[test]
fn a_kvm_that_works_and_nests_is_used() {
    assert_eq!(decide(&laptop()), Ok(()));
    // Even in a container or in WSL.
    assert_eq!(
        decide(&Facts {
            container: true,
            wsl: true,
            ..laptop()
        }),
        Ok(())
    );
}

#[test]
fn a_kvm_that_does_not_nest_is_of_no_use_to_the_guest() {
    let facts = Facts {
        nesting: false,
        ..laptop()
    };
    let reason = decide(&facts).unwrap_err();
    assert_eq!(reason, Unusable::NoNesting(Vendor::Intel));
    assert!(reason.advice().contains("modprobe kvm_intel nested=1"));
}

#[test]
fn permission_is_a_matter_of_the_group_that_owns_the_device() {
    let denied = |group: Option<&str>| Facts {
        device: Device::Denied {
            group: group.map(Into::into),
        },
        ..laptop()
    };
    let reason = decide(&denied(Some("kvm"))).unwrap_err();
    assert_eq!(
        reason.advice(),
        "sudo usermod -aG kvm $USER, then log in anew"
    );
    let reason = decide(&denied(None)).unwrap_err();
    assert_eq!(reason, Unusable::NoPermission(None));
}

#[test]
fn a_missing_flag_is_the_firmware_on_metal_and_the_hypervisor_in_a_virtual_machine() {
    let facts = Facts {
        vendor: None,
        module_loaded: false,
        ..without_device()
    };
    assert_eq!(decide(&facts), Err(Unusable::Firmware));
    let facts = Facts {
        virtual_cpu: true,
        ..facts
    };
    assert_eq!(decide(&facts), Err(Unusable::VirtualCpu));
    // The same in a container.
    let facts = Facts {
        container: true,
        ..facts
    };
    assert_eq!(decide(&facts), Err(Unusable::VirtualCpu));
}

#[test]
fn wsl_is_named_before_what_it_is_made_of() {
    let facts = Facts {
        wsl: true,
        virtual_cpu: true,
        module_loaded: false,
        ..without_device()
    };
    assert_eq!(decide(&facts), Err(Unusable::Wsl));
    assert_eq!(
        decide(&Facts {
            vendor: None,
            ..facts
        }),
        Err(Unusable::Wsl)
    );
}

#[test]
fn without_a_device_the_module_comes_before_the_container() {
    let facts = Facts {
        container: true,
        ..without_device()
    };
    assert_eq!(decide(&facts), Err(Unusable::Container));
    let facts = Facts {
        module_loaded: false,
        vendor: Some(Vendor::Amd),
        ..facts
    };
    let reason = decide(&facts).unwrap_err();
    assert_eq!(reason.advice(), "sudo modprobe kvm_amd");
    assert_eq!(decide(&without_device()), Err(Unusable::Absent));
}

#[test]
fn a_device_that_fails_says_how() {
    let device = Device::Fails("EBUSY: Device or resource busy".into());
    let reason = decide(&Facts { device, ..laptop() }).unwrap_err();
    assert!(reason.to_string().contains("EBUSY"));
}
