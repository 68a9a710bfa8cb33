# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Addresses and the stack go round at 64 KiB.

    mov     bx, 0xfff0
    mov     si, 0x20
    mov     al, [bx+si]         # 0x10
    mov     [bx+si+0x7fff], al
    mov     byte ptr [bx-0x7ff1], 7
    mov     bx, 0xff00
    mov     al, 0xff
    mov     byte ptr [bx+0xff], 0x33
    xlatb
    mov     bx, 0xff80
    xlatb                       # 0xff80 + 0x33
    mov     sp, 0
    push    ax                  # to 0xfffe
    push    bx
    pop     cx
    pop     dx                  # and back to 0
    call    1f
1:  pop     ax
    pusha
    popa
    mov     esp, 0x12340000
    push    eax                 # the upper half of ESP stays
    pop     eax
    mov     si, 0xffff
    lodsb
    mov     di, 0xffff
    stosb
    std
    mov     si, 0
    lodsb
    cld
    lea     ax, [bx+si+0x1234]
    lea     eax, [ebx+esi*8+0x12345678]
    lea     eax, [bx+di-1]
    hlt
