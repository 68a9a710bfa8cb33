/* SPDX-License-Identifier: GPL-2.0 */
/* Linux 7.3.4, include/linux/file.h */
#define __FD_PREPARE_INIT(_fd_flags, _file_owned)                 \
	({                                                        \
		struct fd_prepare fdf = {                         \
			.__fd = get_unused_fd_flags((_fd_flags)), \
		};                                                \
		if (likely(fdf.__fd >= 0))                        \
			fdf.__file = (_file_owned);               \
		fdf.err = ACQUIRE_ERR(fd_prepare, &fdf);          \
		fdf;                                              \
	})
