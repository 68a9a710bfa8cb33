/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 7.3.4, include/linux/miscdevice.h */
extern int misc_register(struct miscdevice *misc);
