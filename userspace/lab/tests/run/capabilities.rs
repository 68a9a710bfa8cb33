// SPDX-License-Identifier: MIT OR Apache-2.0

//! A capability that follows the guest's CPUs. Taking one offline leaves the guest changed, so this
//! needs one of its own.

use crate::lab::{assert_output, output};

#[test]
fn the_recommended_number_of_vcpus_is_that_of_the_cpus_online() {
    // KVM_CHECK_EXTENSION of KVM_CAP_NR_VCPUS, on both devices.
    let check = "for device in kvm hiboma; do \
        calls \"open /dev/$device\" 'ioctl 3 0xae03 9' | grep -o '9) = .*'; done";
    let offline = "echo 0 > /sys/devices/system/cpu/cpu1/online";
    let script = format!("{check}; {offline}; {check}");
    let told = output(&["--cpus", "2", "--", "sh", "-c", &script]);
    assert_output(&told, 0, "9) = 2\n9) = 2\n9) = 1\n9) = 1\n", "");
}
