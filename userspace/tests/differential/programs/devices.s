# SPDX-License-Identifier: MIT OR Apache-2.0
#
# A device's memory, from 0xa0000 to 0xa3fff, and read-only memory from 0xc0000 to 0xc0fff.

    mov     ax, 0xa000
    mov     ds, ax
    mov     al, [0]
    mov     [1], al
    mov     bx, [0xfff]         # over the end of a page: two accesses
    mov     [0xfff], ebx
    inc     byte ptr [0x10]     # a read and a write
    add     word ptr [0x20], 3
    lock xadd dword ptr [0x30], ebx
    xchg    [0x40], cx
    cmpxchg [0x50], dx
    push    word ptr [0x60]
    pop     word ptr [0x62]
    test    byte ptr [0x70], 0x80
    mov     si, 0x100
    mov     di, 0x200
    push    ds
    pop     es
    movsw                       # from the device to itself
    mov     cx, 3
    rep     stosb
    mov     cx, 3
    rep     lodsw
    mov     ax, 0x9fff
    mov     ds, ax
    mov     eax, [0xe]          # half memory, half device
    mov     [0xe], eax
    mov     ax, 0xa3ff
    mov     ds, ax
    mov     eax, [0xe]          # the other end
    mov     [0xe], eax
    mov     ax, 0xc000
    mov     ds, ax
    mov     eax, [0x10]
    mov     [0x10], eax         # not written, and told
    not     word ptr [0x20]
    mov     eax, [0xffe]
    mov     [0xffe], eax
    mov     ax, 0xa100
    mov     ss, ax
    push    bx
    pop     cx
    call    1f
1:  pop     dx
    hlt
