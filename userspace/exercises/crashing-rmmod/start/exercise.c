// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/exercise hands out counters, each behind a descriptor of its own. Sometimes rmmod crashes the
 * kernel.
 */
#include <linux/anon_inodes.h>
#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

#define EXERCISE_IO	0xBB

/* On the device: returns a descriptor of a new counter. */
#define EXERCISE_OPEN	_IO(EXERCISE_IO, 0x03)

/* On a counter: counts, and returns the count. */
#define EXERCISE_NEXT	_IO(EXERCISE_IO, 0x10)

struct counter {
	atomic_t count;
};

/* TODO: as long as there is a counter, the module stays. */
static long counter_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct counter *counter = file->private_data;

	return cmd == EXERCISE_NEXT ? atomic_inc_return(&counter->count) : -ENOTTY;
}

static int counter_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations counter_fops = {
	.llseek = noop_llseek,
	.release = counter_release,
	.unlocked_ioctl = counter_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static int counter_getfd(void)
{
	struct counter *counter = kzalloc_obj(*counter, GFP_KERNEL_ACCOUNT);
	int fd;

	if (!counter)
		return -ENOMEM;

	fd = anon_inode_getfd("exercise-counter", &counter_fops, counter, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		kfree(counter);
	return fd;
}

static long exercise_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return cmd == EXERCISE_OPEN ? counter_getfd() : -EINVAL;
}

static const struct file_operations exercise_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = exercise_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice exercise_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "exercise",
	.fops = &exercise_fops,
};
module_misc_device(exercise_device);

MODULE_AUTHOR("The hiboma-rs authors");
MODULE_DESCRIPTION("Counters that crash the machine, some day");
MODULE_LICENSE("GPL");
