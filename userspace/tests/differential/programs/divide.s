# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Quotients at the edges of what fits, and beyond: #DE. The cell at cs:0x1000 is for the handler,
# which skips as many bytes.

    mov     bx, 0
    cmp     ax, ax              # so that all flags are defined
    mov     byte ptr cs:[0x1000], 2
    div     bl                  # by 0
    cmp     ax, ax
    mov     byte ptr cs:[0x1000], 2
    idiv    bx
    cmp     ax, ax
    mov     byte ptr cs:[0x1000], 3
    idiv    ebx
    cmp     ax, ax
    mov     byte ptr cs:[0x1000], 2
    aam     0
    mov     ax, 0x7fff
    mov     bl, 0x80
    cmp     ax, ax
    mov     byte ptr cs:[0x1000], 2
    div     bl                  # 0xff, the most there is
    mov     ax, 0x8000
    cmp     ax, ax
    mov     byte ptr cs:[0x1000], 2
    div     bl                  # 0x100
    mov     ax, -0x4000
    mov     bl, 0x80
    cmp     ax, ax
    mov     byte ptr cs:[0x1000], 2
    idiv    bl                  # 0x80
    mov     ax, 0x4000
    cmp     ax, ax
    mov     byte ptr cs:[0x1000], 2
    idiv    bl                  # -0x80, the least there is
    mov     dx, 0x8000          # with 0 in AX, QEMU's TCG would crash
    mov     ax, 1
    mov     bx, -1
    cmp     ax, ax
    mov     byte ptr cs:[0x1000], 2
    idiv    bx
    mov     edx, 0xffffffff
    mov     eax, 0x80000000
    mov     ebx, -1
    cmp     ax, ax
    mov     byte ptr cs:[0x1000], 3
    idiv    ebx                 # 0x80000000 as a positive number
    mov     edx, 0x7fffffff
    mov     eax, 0xffffffff
    mov     ebx, 0x80000000
    cmp     ax, ax
    mov     byte ptr cs:[0x1000], 3
    div     ebx
    mov     dx, -1
    mov     ax, -7
    mov     bx, 2
    idiv    bx                  # -3, and -1 left
    hlt
