# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Code that is changed: the next instruction, the one that is executed, and one by a string.

    .byte   0xbe                # mov si,
    .word   1f - start + 1
    mov     byte ptr cs:[si], 0x42
1:  mov     al, 0
    .byte   0xbe
    .word   2f - start + 1
    mov     cx, 2
2:  mov     dl, 1
    inc     byte ptr cs:[si]
    loop    2b
    push    cs
    pop     es
    mov     al, 0x90
    .byte   0xbf                # mov di,
    .word   3f - start
    mov     cx, 2
    rep     stosb
3:  int3
    int3
    .byte   0xbe
    .word   4f - start
    mov     byte ptr cs:[si], 0x48      # dec ax
    jmp     4f
4:  inc     ax
    hlt
