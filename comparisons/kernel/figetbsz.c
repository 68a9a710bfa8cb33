/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 7.3.4, fs/ioctl.c */
	case FIGETBSZ:
		/* anon_bdev filesystems may not have a block size */
		if (!inode->i_sb->s_blocksize)
			return -EINVAL;
