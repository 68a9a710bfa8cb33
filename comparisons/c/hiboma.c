// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/hiboma: the first two layers of KVM's interface, and nothing behind them.
 *
 * The C twin of module/hiboma_tiny.rs: the same module, in the same order. Both create the same
 * device, so only one of them can be loaded at a time.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/anon_inodes.h>
#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "hiboma.h"

/* The private data of one open file. */
struct hiboma_anon {
	/* 64 bits never overflow; 32 bits would, within minutes. */
	atomic64_t count;
};

static long hiboma_anon_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct hiboma_anon *anon = file->private_data;
	s64 count;

	switch (cmd) {
	case HIBOMA_ANON_COUNT:
		count = atomic64_inc_return_relaxed(&anon->count);
		/* The kernel truncates the result to an int: a larger count could turn negative. */
		return count <= INT_MAX ? count : -EOVERFLOW;
	default:
		/* ENOTTY, as kvm_vm_ioctl() returns it; the device returns EINVAL. */
		return -ENOTTY;
	}
}

static void hiboma_anon_show_fdinfo(struct seq_file *m, struct file *file)
{
	struct hiboma_anon *anon = file->private_data;

	seq_printf(m, "hiboma-count:\t%lld\n", atomic64_read(&anon->count));
}

// ANCHOR: release
static int hiboma_anon_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}
// ANCHOR_END: release

// ANCHOR: fops
static const struct file_operations hiboma_anon_fops = {
	// ANCHOR: owner
	/* Without it, rmmod would succeed while there are descriptors. */
	.owner = THIS_MODULE,
	// ANCHOR_END: owner
	.llseek = noop_llseek,
	.release = hiboma_anon_release,
	.unlocked_ioctl = hiboma_anon_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.show_fdinfo = hiboma_anon_show_fdinfo,
};
// ANCHOR_END: fops

// ANCHOR: getfd
/* Creates an object, and returns a descriptor of the file that owns it. */
static int hiboma_anon_getfd(void)
{
	struct hiboma_anon *anon;
	int fd;

	anon = kzalloc_obj(*anon, GFP_KERNEL_ACCOUNT);
	if (!anon)
		return -ENOMEM;

	// ANCHOR: flags
	fd = anon_inode_getfd("hiboma-anon", &hiboma_anon_fops, anon, O_RDWR | O_CLOEXEC);
	// ANCHOR_END: flags
	/* There is no file, so release() will not be called: free the object here. */
	if (fd < 0)
		kfree(anon);
	return fd;
}
// ANCHOR_END: getfd

// ANCHOR: ioctl
/* Ignores the argument: a C program may omit it. */
static long hiboma_device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case HIBOMA_GET_VERSION:
		return HIBOMA_VERSION;
	case HIBOMA_OPEN_FD:
		return hiboma_anon_getfd();
	default:
		return -EINVAL;
	}
}
// ANCHOR_END: ioctl

// ANCHOR: device-fops
/* No .llseek, unlike KVM (noop_llseek), because kernel::miscdevice has none. */
static const struct file_operations hiboma_device_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = hiboma_device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
// ANCHOR_END: device-fops

// ANCHOR: register
static struct miscdevice hiboma_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hiboma",
	.fops = &hiboma_device_fops,
};
// ANCHOR_END: register

// ANCHOR: init
static int __init hiboma_init(void)
{
	int err = misc_register(&hiboma_device);

	if (err)
		return err;
	pr_info("registered /dev/hiboma\n");
	return 0;
}
// ANCHOR_END: init

static void __exit hiboma_exit(void)
{
	misc_deregister(&hiboma_device);
	pr_info("deregistered /dev/hiboma\n");
}

module_init(hiboma_init);
module_exit(hiboma_exit);

MODULE_AUTHOR("The hiboma-rs authors");
MODULE_DESCRIPTION("The layering of KVM's interface, to learn from, in C");
MODULE_LICENSE("GPL");
