# SPDX-License-Identifier: MIT OR Apache-2.0
#
# Prefixes that say the same twice, that contradict each other, and that mean nothing.

    .byte   0x66, 0x66, 0xb8, 1, 2, 3, 4            # mov eax, twice of 32 bits
    .byte   0x26, 0x2e, 0x3e, 0x8b, 0x1e, 0, 1      # mov bx, the last segment of three
    .byte   0x67, 0x67, 0x8b, 0x0d, 0, 1, 0, 0      # mov cx, twice an address of 32 bits
    .byte   0xf3, 0x90                              # pause
    .byte   0xf3, 0x43                              # rep inc bx
    .byte   0xf2, 0x89, 0xd8                        # repne mov ax, bx
    mov     cx, 3
    .byte   0xf2, 0xf3, 0x66, 0xab                  # rep stosd, the last prefix of two
    .byte   0x2e, 0x74, 0                           # a hint for a branch
    .byte   0x3e, 0x75, 0
    .byte   0x66, 0x90
    .byte   0x2e, 0x26, 0x36, 0x3e, 0x64, 0x65, 0x2e, 0x26, 0x36, 0x3e, 0x64, 0x65, 0x36, 0x3e, 0x90
    mov     byte ptr cs:[0x1000], 4
    .byte   0xf0, 0x89, 0xd8, 0x90                  # lock mov: #UD
    mov     byte ptr cs:[0x1000], 2
    .byte   0xf0, 0x90                              # lock nop: #UD
    mov     byte ptr cs:[0x1000], 2
    ud2
    hlt
