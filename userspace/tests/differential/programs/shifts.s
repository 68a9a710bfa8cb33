# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Shifts and rotations by 0, by 1, by all bits but one and by the most there is, in each width.
# Flags that are undefined are not looked at: only what a condition can be made of is kept.

    mov     dx, 0x8001
    mov     al, 0x81
    mov     cl, 0
    stc
    shl     al, cl              # by 0: no flag changes
    setc    [0]
    rcl     al, cl
    setc    [1]
    shr     al, 1
    seto    [2]
    setc    [3]
    sar     al, 1
    seto    [4]
    rol     al, 1
    seto    [5]
    ror     al, 1
    seto    [6]
    rcl     al, 1
    seto    [7]
    rcr     al, 1
    seto    [8]
    mov     cl, 7
    shl     al, cl
    setc    [9]
    mov     cl, 31
    sar     dl, cl
    setc    [10]
    sets    [11]
    mov     cl, 8
    rol     dl, cl              # the byte as it was, and CF its lowest bit
    setc    [12]
    mov     cl, 9
    rcl     dh, cl              # 9 bits, by 9: nothing but CF as it was
    setc    [13]
    mov     cl, 17
    rcr     dx, cl
    setc    [14]
    mov     cl, 15
    shl     dx, cl
    setc    [15]
    mov     edx, 0x80000001
    mov     cl, 32              # taken modulo 32
    shl     edx, cl
    mov     [16], edx
    mov     cl, 31
    shl     edx, cl
    setc    [20]
    sar     edx, 31
    setc    [21]
    mov     eax, 0x12345678
    shld    edx, eax, 4
    shrd    edx, eax, 31
    mov     cl, 16
    shld    dx, ax, cl          # all 16 bits
    shrd    dx, ax, 1
    seto    [22]
    hlt
