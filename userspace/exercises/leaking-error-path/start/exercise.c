// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/exercise hands out tickets, each behind a descriptor of its own. It loses some.
 */
#include <linux/anon_inodes.h>
#include <linux/atomic.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>

#define EXERCISE_IO	0xBB

/* On the device: returns a descriptor of a new ticket. */
#define EXERCISE_OPEN	_IO(EXERCISE_IO, 0x03)

/* On the device: returns how many tickets there are. */
#define EXERCISE_LIVE	_IO(EXERCISE_IO, 0x04)

/* On a ticket: returns its number. */
#define EXERCISE_NUMBER	_IO(EXERCISE_IO, 0x10)

static atomic_t last = ATOMIC_INIT(0);
static atomic_t live = ATOMIC_INIT(0);

struct ticket {
	int number;
};

static struct ticket *ticket_new(void)
{
	struct ticket *ticket = kzalloc_obj(*ticket, GFP_KERNEL_ACCOUNT);

	if (!ticket)
		return NULL;
	ticket->number = atomic_inc_return(&last);
	atomic_inc(&live);
	return ticket;
}

static void ticket_free(struct ticket *ticket)
{
	atomic_dec(&live);
	kfree(ticket);
}

static int ticket_release(struct inode *inode, struct file *file)
{
	ticket_free(file->private_data);
	return 0;
}

static long ticket_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct ticket *ticket = file->private_data;

	return cmd == EXERCISE_NUMBER ? ticket->number : -ENOTTY;
}

static const struct file_operations ticket_fops = {
	.owner = THIS_MODULE,
	.release = ticket_release,
	.unlocked_ioctl = ticket_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* Makes a ticket, and returns the number of the descriptor that owns it. */
static int ticket_getfd(void)
{
	struct ticket *ticket;
	struct file *file;
	int fd;

	/* TODO: where one of these fails, nothing stays behind. */
	ticket = ticket_new();
	if (!ticket)
		return -ENOMEM;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;

	file = anon_inode_getfile("exercise-ticket", &ticket_fops, ticket, O_RDWR);
	if (IS_ERR(file)) {
		ticket_free(ticket);
		return PTR_ERR(file);
	}

	fd_install(fd, file);
	return fd;
}

static long exercise_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case EXERCISE_OPEN:
		return ticket_getfd();
	case EXERCISE_LIVE:
		return atomic_read(&live);
	default:
		return -EINVAL;
	}
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
MODULE_DESCRIPTION("Tickets, some of which are lost");
MODULE_LICENSE("GPL");
