/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 7.3.4, rust/kernel/miscdevice.rs */
impl<T> PinnedDrop for MiscDeviceRegistration<T> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: We know that the device is registered by the type invariants.
        unsafe { bindings::misc_deregister(self.inner.get()) };
    }
}
