/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux 7.3.4, fs/anon_inodes.c */
int anon_inode_getfd(const char *name, const struct file_operations *fops,
		     void *priv, int flags)
{
	return __anon_inode_getfd(name, fops, priv, flags, NULL, false);
}
