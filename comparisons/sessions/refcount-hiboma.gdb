break hiboma::vm::create_vcpu::ioctl
continue
print vm.inner.pointer.refcount
continue
print vm.inner.pointer.refcount
