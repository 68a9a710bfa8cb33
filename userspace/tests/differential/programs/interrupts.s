# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Interrupts, traps and the flags that they and IRET leave.

    sti
    std
    int     0x20
    pushf
    cld
    int3
    mov     al, 0x7f
    add     al, 1
    into                        # OF is set
    xor     bx, bx
    cmp     bx, bx
    into                        # and is not
    pushfd
    push    0x3fd7 - 0x100
    popf
    pushf
    push    dword ptr [0x100]
    pop     eax
    .byte   0x66, 0x68
    .long   0x00240ed7
    popfd                       # AC and ID
    pushfd
    pushf
    push    cs
    .byte   0x68                # push
    .word   1f - start
    iret
1:  pushfd
    .byte   0x66, 0x6a, 0       # push of 32 bits, 0
    .byte   0x66, 0x0e          # push of 32 bits, cs
    .byte   0x66, 0x68
    .long   2f - start
    iretd
2:  push    0x102
    popf                        # TF
    nop
    mov     ax, ss
    mov     ss, ax              # no trap after this one
    inc     bx
    push    2
    popf
    mov     word ptr [0x10], 5
    mov     word ptr [0x12], 9
    mov     cx, 5
    bound   cx, [0x10]
    mov     cx, 10
    mov     byte ptr cs:[0x1000], 4
    bound   cx, [0x10]          # #BR
    cli
    hlt
    nop
    hlt
