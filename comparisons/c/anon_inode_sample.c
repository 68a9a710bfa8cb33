// SPDX-License-Identifier: GPL-2.0
/*
 * Anonymous-inode sample, the C twin of module/samples/anon_inode/anon_inode_sample.rs.
 *
 * C needs no abstraction, so this tests none: it shows what the Rust abstraction does for its
 * users. Both modules create the same device, so only one of them can be loaded at a time.
 */
#include <linux/anon_inodes.h>
#include <linux/atomic.h>
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "anon_inode_sample.h"

static atomic_t live = ATOMIC_INIT(0);

/* A page of memory, shared with each process that maps the file. */
struct sample_page {
	struct page *page;
};

// ANCHOR: new
static struct sample_page *sample_page_new(void)
{
	struct sample_page *this = kzalloc_obj(*this, GFP_KERNEL_ACCOUNT);

	if (!this)
		return NULL;
	this->page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!this->page) {
		kfree(this);
		return NULL;
	}
	atomic_inc(&live);
	return this;
}
// ANCHOR_END: new

static void sample_page_free(struct sample_page *this)
{
	atomic_dec(&live);
	__free_page(this->page);
	kfree(this);
}

static int sample_page_release(struct inode *inode, struct file *file)
{
	sample_page_free(file->private_data);
	return 0;
}

static long sample_page_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return cmd == SAMPLE_WORD ? (long)sizeof(long) : -ENOTTY;
}

#ifdef CONFIG_COMPAT
static long sample_page_compat_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return cmd == SAMPLE_WORD ? (long)sizeof(compat_long_t) : -ENOTTY;
}
#else
#define sample_page_compat_ioctl NULL
#endif

static int sample_page_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct sample_page *this = file->private_data;

	if (vma_pages(vma) != 1 || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;

	vm_flags_set(vma, VM_DONTEXPAND);
	return vm_insert_page(vma, vma->vm_start, this->page);
}

static const struct file_operations sample_page_fops = {
	.owner = THIS_MODULE,
	.llseek = noop_llseek,
	.release = sample_page_release,
	.mmap = sample_page_mmap,
	.unlocked_ioctl = sample_page_ioctl,
	.compat_ioctl = sample_page_compat_ioctl,
};

static struct file *sample_page_getfile(void)
{
	struct sample_page *this = sample_page_new();
	struct file *file;

	if (!this)
		return ERR_PTR(-ENOMEM);

	file = anon_inode_getfile("sample-page", &sample_page_fops, this, O_RDWR);
	if (IS_ERR(file))
		sample_page_free(this);
	return file;
}

static int sample_page_getfd(void)
{
	struct sample_page *this = sample_page_new();
	int fd;

	if (!this)
		return -ENOMEM;

	fd = anon_inode_getfd("sample-page", &sample_page_fops, this, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		sample_page_free(this);
	return fd;
}

// ANCHOR: install
static int sample_page_install(void)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);
	struct file *file;

	if (fd < 0)
		return fd;

	file = sample_page_getfile();
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}

	fd_install(fd, file);
	return fd;
}
// ANCHOR_END: install

static int sample_page_abandon(void)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);
	struct file *file;

	if (fd < 0)
		return fd;

	file = sample_page_getfile();
	put_unused_fd(fd);
	if (IS_ERR(file))
		return PTR_ERR(file);
	fput(file);
	return fd;
}

/* A file that userspace can poll: anon_inode_sample_bell.rs. */
struct sample_bell {
	atomic_t rings;
	wait_queue_head_t listeners;
};

static int sample_bell_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static __poll_t sample_bell_poll(struct file *file, struct poll_table_struct *table)
{
	struct sample_bell *this = file->private_data;

	poll_wait(file, &this->listeners, table);
	return atomic_read(&this->rings) ? EPOLLIN | EPOLLRDNORM : 0;
}

static long sample_bell_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct sample_bell *this = file->private_data;

	switch (cmd) {
	case SAMPLE_RING:
		atomic_inc(&this->rings);
		wake_up_all(&this->listeners);
		return 0;
	case SAMPLE_HEAR:
		return atomic_xchg(&this->rings, 0);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations sample_bell_fops = {
	.owner = THIS_MODULE,
	.llseek = noop_llseek,
	.release = sample_bell_release,
	.poll = sample_bell_poll,
	.unlocked_ioctl = sample_bell_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static int sample_bell_getfd(void)
{
	struct sample_bell *this = kzalloc_obj(*this, GFP_KERNEL_ACCOUNT);
	int fd;

	if (!this)
		return -ENOMEM;
	init_waitqueue_head(&this->listeners);

	fd = anon_inode_getfd("sample-bell", &sample_bell_fops, this, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		kfree(this);
	return fd;
}

static long sample_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case SAMPLE_INSTALL:
		return sample_page_install();
	case SAMPLE_GETFD:
		return sample_page_getfd();
	case SAMPLE_ABANDON:
		return sample_page_abandon();
	case SAMPLE_BELL:
		return sample_bell_getfd();
	case SAMPLE_LIVE:
		return atomic_read(&live);
	default:
		return -EINVAL;
	}
}

static const struct file_operations sample_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = sample_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice sample_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "anon_inode_sample",
	.fops = &sample_fops,
};
module_misc_device(sample_device);

MODULE_AUTHOR("The hiboma-rs authors");
MODULE_DESCRIPTION("Anonymous-inode sample, in C");
MODULE_LICENSE("GPL");
