/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 7.3.4, include/linux/miscdevice.h */
extern void misc_deregister(struct miscdevice *misc);
