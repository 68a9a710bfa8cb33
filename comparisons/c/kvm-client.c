// SPDX-License-Identifier: MIT OR Apache-2.0
/*
 * Runs four guests on the device that the argument names: /dev/kvm or /dev/hiboma. No library is
 * between this program and the kernel. The Rust counterparts are steps 7 to 10 of
 * userspace/pairs.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <threads.h>
#include <unistd.h>

#define PAGE	0x1000
#define CODE	0x1000	/* where every guest begins */
#define DATA	0x2000	/* further memory of every guest */
#define MOVED	0x5000	/* where the last guest's memory moves to */

/* 16-bit code, in .rodata */
#define GUEST(name, assembly)						\
	extern const char name[], name##_end[];				\
	asm(".pushsection .rodata\n.code16\n.intel_syntax noprefix\n"	\
	    #name ":\n" assembly #name "_end:\n"			\
	    ".att_syntax\n.code64\n.popsection\n")

/* Adds 2 and 2, and prints the sum. */
GUEST(guest_sum,
      "mov al, 2\n"
      "add al, 2\n"
      "add al, '0'\n"
      "mov dx, 0x3f8\n"
      "out dx, al\n"
      "hlt\n");

/* Adds a number from a port to one from MMIO, and writes the sum to a port and to MMIO. */
GUEST(guest_devices,
      "in al, 0x60\n"
      "add al, [0x8000]\n"
      "mov [0x8004], al\n"
      "mov [0x3000], al\n"
      "out 0x10, al\n"
      "hlt\n");

/* Waits for the other vCPU, then both count at the same time. */
GUEST(guest_count,
      "lock inc dword ptr [0x2000]\n"
      "2: cmp dword ptr [0x2000], 2\n"
      "jne 2b\n"
      "mov cx, 20000\n"
      "3: lock inc dword ptr [0x2004]\n"
      "loop 3b\n"
      "hlt\n");

/* Writes to memory, and reads it at its new and at its old address. */
GUEST(guest_moved,
      "mov byte ptr [0x2000], 42\n"
      "hlt\n"
      "mov al, [0x5000]\n"
      "out 0x10, al\n"
      "mov al, [0x2000]\n"
      "out 0x10, al\n"
      "hlt\n");

static int kvm_ioctl(int fd, unsigned long cmd, const char *name, void *arg)
{
	int r = ioctl(fd, cmd, arg);

	if (r < 0)
		err(EXIT_FAILURE, "%s", name);
	return r;
}
#define KVM(fd, cmd, arg) kvm_ioctl(fd, cmd, #cmd, (void *)(unsigned long)(arg))

static void *map(int fd, size_t size)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (memory == MAP_FAILED)
		err(EXIT_FAILURE, "mmap");
	return memory;
}

static void set_slot(int vm, int slot, int flags, unsigned long address, void *memory, size_t size)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = address,
		.memory_size = size,
		.userspace_addr = (unsigned long)memory,
	};

	KVM(vm, KVM_SET_USER_MEMORY_REGION, &region);
}

/* Creates a VM: the guest is in slot 0, and slot 1 has two pages with a dirty log. */
static int new_vm(int device, const char *guest, const char *end, void **data)
{
	int vm = KVM(device, KVM_CREATE_VM, 0);
	void *code = map(-1, PAGE);

	memcpy(code, guest, end - guest);
	set_slot(vm, 0, 0, CODE, code, PAGE);
	*data = map(-1, 2 * PAGE);
	set_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, DATA, *data, 2 * PAGE);
	return vm;
}

struct vcpu {
	int fd;
	struct kvm_run *run;
};

/* Creates a vCPU that starts at the guest's code, not at the reset vector of a PC. */
static struct vcpu new_vcpu(int device, int vm, int id)
{
	struct vcpu vcpu = { .fd = KVM(vm, KVM_CREATE_VCPU, id) };
	struct kvm_sregs sregs;
	struct kvm_regs regs;

	vcpu.run = map(vcpu.fd, KVM(device, KVM_GET_VCPU_MMAP_SIZE, 0));
	KVM(vcpu.fd, KVM_GET_SREGS, &sregs);
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	KVM(vcpu.fd, KVM_SET_SREGS, &sregs);
	KVM(vcpu.fd, KVM_GET_REGS, &regs);
	regs.rip = CODE;
	KVM(vcpu.fd, KVM_SET_REGS, &regs);
	return vcpu;
}

// ANCHOR: run
/* Answers every read of the guest with 2. */
static void run_to_halt(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	for (;;) {
		__u8 *data;

		KVM(vcpu->fd, KVM_RUN, 0);
		switch (run->exit_reason) {
		case KVM_EXIT_IO:
			data = (__u8 *)run + run->io.data_offset;
			if (run->io.direction == KVM_EXIT_IO_IN)
				*data = 2;
			printf("KVM_EXIT_IO: %#x %s %d\n", run->io.port,
			       run->io.direction == KVM_EXIT_IO_IN ? "->" : "<-", *data);
			break;
		case KVM_EXIT_MMIO:
			data = run->mmio.data;
			if (!run->mmio.is_write)
				*data = 2;
			printf("KVM_EXIT_MMIO: %#llx %s %d\n", run->mmio.phys_addr,
			       run->mmio.is_write ? "<-" : "->", *data);
			break;
		case KVM_EXIT_HLT:
			return;
		default:
			errx(EXIT_FAILURE, "the guest stopped for reason %d", run->exit_reason);
		}
	}
}
// ANCHOR_END: run

static int run_in_thread(void *vcpu)
{
	run_to_halt(vcpu);
	return 0;
}

static void sum(int device)
{
	void *data;
	int vm = new_vm(device, guest_sum, guest_sum_end, &data);
	struct vcpu vcpu = new_vcpu(device, vm, 0);

	run_to_halt(&vcpu);
}

static void devices(int device)
{
	void *data;
	int vm = new_vm(device, guest_devices, guest_devices_end, &data);
	struct vcpu vcpu = new_vcpu(device, vm, 0);
	unsigned long bitmap = 0;
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = &bitmap };

	run_to_halt(&vcpu);
	KVM(vm, KVM_GET_DIRTY_LOG, &log);
	printf("dirty pages: %#lx\n", bitmap);
}

static void count(int device)
{
	void *data;
	int vm = new_vm(device, guest_count, guest_count_end, &data);
	struct vcpu vcpus[2];
	thrd_t threads[2];

	for (int i = 0; i < 2; i++) {
		vcpus[i] = new_vcpu(device, vm, i);
		if (thrd_create(&threads[i], run_in_thread, &vcpus[i]) != thrd_success)
			errx(EXIT_FAILURE, "no thread for vcpu %d", i);
	}
	for (int i = 0; i < 2; i++)
		thrd_join(threads[i], NULL);
	printf("counted: %d\n", ((int *)data)[1]);
}

static void moved(int device)
{
	void *data;
	int vm = new_vm(device, guest_moved, guest_moved_end, &data);
	struct vcpu vcpu = new_vcpu(device, vm, 0);

	run_to_halt(&vcpu);
	set_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, MOVED, data, 2 * PAGE);
	run_to_halt(&vcpu);
}

static const struct {
	const char *name;
	void (*run)(int device);
} guests[] = {
	{ "2 + 2", sum },
	{ "ports, devices and the dirty log", devices },
	{ "two vCPUs", count },
	{ "a slot that moves", moved },
};

int main(int argc, char *argv[])
{
	int device;

	if (argc != 2) {
		fprintf(stderr, "usage: kvm-client DEVICE\nDEVICE is /dev/hiboma or /dev/kvm.\n");
		return 2;
	}
	device = open(argv[1], O_RDWR | O_CLOEXEC);
	if (device < 0)
		err(EXIT_FAILURE, "%s (is the module loaded, and are you root?)", argv[1]);
	if (ioctl(device, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		errx(EXIT_FAILURE, "%s does not speak KVM's ABI", argv[1]);

	for (size_t i = 0; i < sizeof(guests) / sizeof(guests[0]); i++) {
		printf("%s:\n", guests[i].name);
		guests[i].run(device);
	}
	return EXIT_SUCCESS;
}
