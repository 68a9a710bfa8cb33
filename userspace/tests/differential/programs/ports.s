# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Ports: each way to name one, in each width, and strings, of which KVM reads ahead up to the end of
# a page and of 1024 bytes.

    in      al, 0x10
    in      ax, 0x20
    in      eax, 0x30
    out     0x40, al
    out     0x50, ax
    out     0x60, eax
    out     0x7e, al            # the port at which KVM has RIP behind the instruction
    mov     dx, 0xfffe
    in      al, dx
    in      ax, dx
    in      eax, dx
    out     dx, al
    out     dx, ax
    out     dx, eax
    mov     di, 0x100
    insb
    insw
    insd
    mov     si, 0x200
    outsb
    outsw
    outsd
    mov     di, 0xff0
    mov     cx, 40
    rep     insb                # up to the end of a page, and on
    mov     di, 0xfff
    mov     cx, 3
    rep     insw                # over it
    mov     di, 0x2000
    mov     cx, 600
    rep     insw                # more than 1024 bytes
    std
    mov     di, 0x3004
    mov     cx, 9
    rep     insd                # backwards
    mov     si, 0x3010
    mov     cx, 5
    rep     outsd
    cld
    mov     cx, 0
    rep     insb                # not at all
    rep     outsb
    hlt
