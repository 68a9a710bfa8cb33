tbreak 5-create-vcpu/main.rs:10
continue
tbreak entry_SYSCALL_64
continue
info registers rax rdi rsi
break hiboma::vm::create_vcpu::ioctl
continue
backtrace
print vm
