# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Decimal arithmetic on every AL, with CF and AF as they may be.

    mov     bx, 0
1:  mov     cl, 0
2:  mov     ah, cl
    sahf
    mov     al, bl
    daa
    lahf
    add     dx, ax
    rol     dx, 1
    mov     ah, cl
    sahf
    mov     al, bl
    das
    lahf
    add     dx, ax
    mov     ah, cl
    sahf
    mov     ax, bx
    aaa
    sbb     si, ax
    mov     ah, cl
    sahf
    mov     ax, bx
    aas
    adc     si, ax
    add     cl, 0x10            # AF is bit 4 of the flags, CF bit 0
    and     cl, 0x11
    jnz     2b
    inc     bl
    jnz     1b
    mov     ax, 0x1234
    aad     0x10
    aam     7
    hlt
