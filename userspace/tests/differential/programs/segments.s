# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Segment registers, far pointers, and what can be asked of the system.

    mov     ax, 0x1234
    mov     es, ax
    mov     fs, ax
    mov     gs, ax
    push    es
    .byte   0x66, 0x0f, 0xa0    # push of 32 bits, fs
    .byte   0x66, 0x0f, 0xa9    # pop of 32 bits, gs
    pop     fs
    mov     eax, 0xffffffff
    .byte   0x66, 0x8c, 0xd8    # mov eax, ds: zero-extended
    mov     [0x20], cs
    mov     word ptr [0x40], 0x1111
    mov     word ptr [0x42], 0x2222
    mov     word ptr [0x44], 0x3333
    les     di, [0x40]
    lfs     esi, [0x40]
    lgs     bx, [0x41]
    mov     word ptr [0x50], 0x7000
    mov     word ptr [0x52], 0x3001
    lss     sp, [0x50]
    sgdt    [0x60]
    sidt    [0x68]
    smsw    ax
    smsw    ebx
    smsw    [0x70]
    mov     word ptr [0x80], 0x1234
    mov     dword ptr [0x82], 0xff345678
    lgdt    [0x80]              # 24 bits of the address
    mov     eax, 0
    cpuid
    mov     eax, 0x40000000
    mov     ecx, 1
    cpuid
    .byte   0x9a                # call, 0x1000:1f, the same code by other offsets
    .word   1f - start + 0x1000, 0x1000
    .byte   0xea                # jmp, 0x1100:2f
    .word   2f - start, 0x1100
1:  .byte   0xcb                # retf
2:  hlt
