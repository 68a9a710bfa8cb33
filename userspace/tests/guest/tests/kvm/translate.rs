// SPDX-License-Identifier: MIT OR Apache-2.0

//! `KVM_TRANSLATE`: in real mode a linear address is a physical one.

use guest_tests::kvm::{Vcpu, on_both};

#[test]
fn real_mode_has_no_page_tables() {
    on_both(|device| {
        let vm = device.open().create_vm().unwrap();
        let vcpu = Vcpu::create(&vm, 0);
        // Whether there is memory or not.
        for address in [0, 0x1234, 0xffff_fff0, 1 << 40] {
            let translation = vcpu.fd.translate_gva(address).unwrap();
            assert_eq!(translation.linear_address, address);
            assert_eq!(translation.physical_address, address);
            assert_eq!((translation.valid, translation.writeable), (1, 1));
            assert_eq!(translation.usermode, 0);
        }
        // The one that KVM says "none" with.
        assert_eq!(vcpu.fd.translate_gva(u64::MAX).unwrap().valid, 0);
    });
}
