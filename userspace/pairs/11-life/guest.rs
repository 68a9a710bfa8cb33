// SPDX-License-Identifier: MIT OR Apache-2.0

//! Conway's Life as a program for a PC: with a text screen, a keyboard and a serial port.
//!
//! Its world has 32 columns and 16 rows, and is a ring: the end of a row is next to the beginning
//! of the following row. So all neighbours of a cell are at fixed distances from it.

pairs::guest!(
    r#"
    .set cells, 0x2000              // one byte each: 1 where there is life
    .set neighbours, 0x2200         // how many each of them has
    .set generation, 0x2400
    .set chance, 0x2402
    .set size, 512
    .set status, 16 * 80            // where the screen has its seventeenth row

    mov sp, 0x2000
    mov ax, 0xb800                  // a PC's text screen: here it is in no slot
    mov es, ax

    call .print
    .asciz "Life.  n: next  g: 64  r: new  q: quit\n"
    mov di, status
    call .write
    .asciz "generation"

    // Five cells that take long to settle.
    mov byte ptr [cells + 7 * 32 + 16], 1
    mov byte ptr [cells + 7 * 32 + 17], 1
    mov byte ptr [cells + 8 * 32 + 15], 1
    mov byte ptr [cells + 8 * 32 + 16], 1
    mov byte ptr [cells + 9 * 32 + 16], 1
    call .show_all

.key:
    in al, 0x60                     // the keyboard
    mov cx, 1
    cmp al, 'n'
    je .live
    mov cx, 64
    cmp al, 'g'
    je .live
    cmp al, 'r'
    je .new
    cmp al, 'q'
    jne .key

    call .print
    .asciz "Bye.\n"
    hlt

.live:
    push cx
    call .next
    mov dx, 0x3da                   // the screen: it is to show this before all is changed again
    in al, dx
    pop cx
    loop .live
    jmp .key

.new:                               // a world of chance
    mov word ptr [generation], 0
    xor si, si
.draw_lots:
    mov ax, 25173
    mul word ptr [chance]
    add ax, 13849
    mov [chance], ax
    cmp ah, 80                      // nearly a third of all
    mov al, 1
    jb .drawn
    mov al, 0
.drawn:
    mov [cells + si], al
    inc si
    cmp si, size
    jne .draw_lots
    call .show_all
    jmp .key

.next:                              // the next generation
    inc word ptr [generation]
    xor si, si
.forget:
    mov byte ptr [neighbours + si], 0
    inc si
    cmp si, size
    jne .forget

    // Where there is life, it is a neighbour eight times.
    xor si, si
.count:
    cmp byte ptr [cells + si], 0
    je .counted
    .irp distance, -33, -32, -31, -1, 1, 31, 32, 33
    lea bx, [si + \distance]
    and bx, size - 1
    inc byte ptr [neighbours + bx]
    .endr
.counted:
    inc si
    cmp si, size
    jne .count

    // Life is where there are three neighbours, or two and life already.
    xor si, si
.decide:
    mov ah, [neighbours + si]
    or ah, [cells + si]
    cmp ah, 3
    mov al, 1
    je .decided
    mov al, 0
.decided:
    cmp al, [cells + si]
    je .unchanged
    mov [cells + si], al
    call .show_cell
.unchanged:
    inc si
    cmp si, size
    jne .decide
    jmp .show_generation

.show_all:
    xor si, si
.show_next:
    call .show_cell
    inc si
    cmp si, size
    jne .show_next

.show_generation:
    mov ax, [generation]
    mov bx, 10
    mov cx, 5
    mov di, status + 2 * 31
.digit:
    xor dx, dx
    div bx
    add dl, '0'
    mov es:[di], dl
    sub di, 2
    loop .digit
    ret

.show_cell:                         // the one that SI says
    mov ax, si
    mov cl, 5
    shr ax, cl
    mov cl, 80                      // 40 columns, each a character and its colours
    mul cl
    mov di, si
    and di, 31
    add di, di
    add di, ax
    mov al, 0xfa                    // a dot, as a PC's screen has it
    cmp byte ptr [cells + si], 0
    je .show
    mov al, 0xdb                    // a block
.show:
    mov es:[di], al
    ret

.print:                             // prints what follows the call
    pop esi
    mov dx, 0x3f8
.print_next:
    lodsb
    test al, al
    jz .printed
    out dx, al
    jmp .print_next
.printed:
    push esi
    ret

.write:                             // puts what follows the call onto the screen, at DI
    pop esi
.write_next:
    lodsb
    test al, al
    jz .written
    stosb
    inc di
    jmp .write_next
.written:
    push esi
    ret
    "#
);
