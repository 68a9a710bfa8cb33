/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux 7.3.4, fs/anon_inodes.c */
static char *anon_inodefs_dname(struct dentry *dentry, char *buffer, int buflen)
{
	return dynamic_dname(buffer, buflen, "anon_inode:%s",
				dentry->d_name.name);
}
