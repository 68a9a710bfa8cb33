/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 7.3.4, fs/ioctl.c */
		return put_user(inode->i_sb->s_blocksize, (int __user *)argp);
