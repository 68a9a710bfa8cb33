/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 7.3.4, include/linux/miscdevice.h */
struct miscdevice {
	int minor;
	const char *name;
	const struct file_operations *fops;
	struct list_head list;
	struct device *parent;
	struct device *this_device;
	const struct attribute_group **groups;
	const char *nodename;
	umode_t mode;
};
