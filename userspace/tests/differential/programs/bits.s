# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Bits near and far, before an address and behind it, and none at all.

    mov     ax, 0x8000
    bt      ax, 15
    setc    [0]
    bts     word ptr [0x100], 31    # taken modulo 16
    mov     bx, 100
    bts     word ptr [0x100], bx    # 12 bytes on
    mov     bx, -100
    btc     word ptr [0x100], bx    # 14 bytes before
    mov     ebx, -1000
    btr     dword ptr [0x200], ebx
    mov     ecx, 40
    bts     eax, ecx                # taken modulo 32
    lock btc word ptr [0x300], 3
    mov     cx, 0
    mov     dx, 0x5555
    bsf     dx, cx                  # as it was, and ZF
    setz    [1]
    bsr     dx, cx
    setz    [2]
    mov     ecx, 0x00800100
    bsf     edx, ecx
    bsr     eax, ecx
    bswap   ecx
    enter   8, 0
    enter   4, 3
    leave
    leave
    hlt
