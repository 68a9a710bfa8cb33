/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux 7.3.4, fs/anon_inodes.c */
static int __anon_inode_getfd(const char *name,
			      const struct file_operations *fops,
			      void *priv, int flags,
			      const struct inode *context_inode,
			      bool make_inode)
{
	return FD_ADD(flags, __anon_inode_getfile(name, fops, priv, flags,
						  context_inode, make_inode));
}
