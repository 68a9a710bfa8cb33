/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 7.3.4, include/linux/file.h */
#define __FD_ADD(_fdf, _fd_flags, _file_owned)            \
	({                                                \
		FD_PREPARE(_fdf, _fd_flags, _file_owned); \
		s32 ret = _fdf.err;                       \
		if (likely(!ret))                         \
			ret = fd_publish(_fdf);           \
		ret;                                      \
	})
