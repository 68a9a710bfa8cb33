break kvm_vm_ioctl_create_vcpu
continue
print kvm->users_count.refs.counter
continue
print kvm->users_count.refs.counter
