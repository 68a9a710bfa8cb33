# SPDX-License-Identifier: MIT OR Apache-2.0
#
# What repeats: not at all, up to what is found, backwards, over pages, by a count of 32 bits.

    mov     cx, 0
    rep     movsb               # not at all
    repne   scasb
    mov     ecx, 0xffff0000     # CX is 0, ECX is not
    rep     stosw
    mov     di, 0x100
    mov     al, 0x5a
    mov     cx, 16
    rep     stosb
    mov     byte ptr es:[0x108], 0x11
    mov     di, 0x100
    mov     cx, 16
    repe    scasb               # ends at the one that differs
    setz    [0]
    mov     al, 0x11
    mov     di, 0x100
    mov     cx, 4
    repne   scasb               # ends by its count
    setz    [1]
    std
    mov     si, 0x20f
    mov     di, 0x21f
    mov     cx, 8
    rep     movsw               # backwards, one over the other
    cld
    mov     si, 0xff9
    mov     di, 0x2ffd
    mov     cx, 7
    rep     movsd               # not aligned, over the ends of pages
    mov     si, 0x400
    mov     di, 0x401
    mov     cx, 64
    rep     movsb               # fills
    mov     esi, 0x400
    mov     edi, 0x500
    mov     ecx, 9
    .byte   0x67, 0xf3, 0xa6            # repe cmpsb [esi], [edi]
    mov     esi, 0x600
    mov     ecx, 3
    .byte   0x67, 0xf3, 0x66, 0xad      # rep lodsd [esi]
    hlt
