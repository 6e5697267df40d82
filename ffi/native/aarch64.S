// The native adaptors for aarch64; the frame, the control block and the contracts are those of
// x86_64.S. The bytes stand in bytes.ts; `deno task native` assembles this file again.

invoke:
  stp x29, x30, [sp, #-32]!
  mov x29, sp
  stp x19, x20, [sp, #16]
  mov x19, x0
  ldr x9, [x19, #120]
  cbz x9, 1f
  str x2, [x19, x9]
1:
  ldr x20, [x19, #112]
  str wzr, [x20]
  ldp x0, x1, [x19, #32]
  ldp x2, x3, [x19, #48]
  ldp x4, x5, [x19, #64]
  ldp x6, x7, [x19, #80]
  ldr x9, [x19]
  blr x9
  str x0, [x19, #96]
  ldr w9, [x20]
  str w9, [x19, #104]
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #32
  ret

worker:
  stp x29, x30, [sp, #-80]!         // 40: what was read   48: its place in the list
  mov x29, sp
  stp x19, x20, [sp, #16]
  str x21, [sp, #32]
  mov x19, x0
  ldr x9, [x19, #24]
  blr x9
  mov x21, x0                       // this thread's errno
  mov x8, #178                      // gettid
  svc #0
  str w0, [sp, #64]
  bl hold
  ldr x9, [x19, #40]
  add x10, x19, #40
  add x11, sp, #48
  stp x9, x10, [x11]
  str x11, [x10]
  cbz x9, 1f
  str x11, [x9, #8]
1:
  add x9, x19, #32
  stlr wzr, [x9]
2:
  ldr w0, [x19]
  add x1, sp, #40
  mov x2, #8
  mov x8, #63                       // read
  svc #0
  cmn x0, #4                        // EINTR: a kick that came too late
  b.eq 2b
  cmp x0, #8
  b.ne 5f
  ldr x20, [sp, #40]
  cbz x20, 6f
  ldr w9, [x19, #36]
  cbnz w9, 2b
  ldr w9, [sp, #64]
  str w9, [x20, #128]
  str x21, [x20, #112]
  ldr w9, [x20, #136]
  cbnz w9, 4f
  mov x0, x20
  bl invoke
3:
  ldr w9, [x19, #36]
  cbnz w9, 2b
  ldr w0, [x19, #4]
  add x1, sp, #40
  mov x2, #8
  mov x8, #64                       // write
  svc #0
  cmn x0, #4
  b.eq 3b
  b 2b
4:
  mov x9, #-1
  str x9, [x20, #96]
  mov w9, #4                        // EINTR
  str w9, [x20, #104]
  b 3b
5:
  mov w20, #1
  b 7f
6:
  mov w20, #0
7:
  bl hold
  ldp x9, x10, [sp, #48]
  str x9, [x10]
  cbz x9, 8f
  str x10, [x9, #8]
8:
  add x9, x19, #32
  stlr wzr, [x9]
  cbz w20, 9f
  bl release
9:
  mov x0, #0
  ldr x21, [sp, #32]
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #80
  ret

hold:                               // the control block is at x19
  add x9, x19, #32
  mov w10, #1
1:
  ldaxr w11, [x9]
  stxr w12, w10, [x9]
  cbnz w12, 1b
  cbz w11, 2f
  mov x8, #124                      // sched_yield
  svc #0
  b 1b
2:
  ret

release:                            // the control block is at x19
  add x9, x19, #16
1:
  ldaxr w10, [x9]
  sub w10, w10, #1
  stlxr w11, w10, [x9]
  cbnz w11, 1b
  cbnz w10, 3f
  mov x20, #0
2:
  ldr w0, [x19, x20, lsl #2]
  mov x8, #57                       // close
  svc #0
  add x20, x20, #1
  cmp x20, #4
  b.lo 2b
3:
  ret

.set PATIENCE, 1000
leave:
  stp x29, x30, [sp, #-96]!         // 48: the kernel's struct sigaction   80: a millisecond
  mov x29, sp
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  mov x19, x0
  mov w9, #1
  add x10, x19, #36
  stlr w9, [x10]
  ldr w0, [x19, #20]
  mov x8, #57                       // close
  svc #0
  mov x8, #172                      // getpid
  svc #0
  mov w21, w0
  movz x9, #0x4240                  // 1,000,000
  movk x9, #0xf, lsl #16
  stp xzr, x9, [sp, #80]
  mov w22, #PATIENCE
1:
  add x0, sp, #80                   // who is idle needs no kick
  mov x1, #0
  mov x8, #101                      // nanosleep
  svc #0
  bl hold
  ldr x20, [x19, #40]
  cbz x20, 3f
  mov w13, #0
  bl restart
2:
  mov w0, w21
  ldr w1, [x20, #16]
  ldr w2, [x19, #48]
  mov x8, #131                      // tgkill
  svc #0
  ldr x20, [x20]
  cbnz x20, 2b
  add x9, x19, #32
  stlr wzr, [x9]
  subs w22, w22, #1
  b.ne 1b
  b 4f
3:
  add x9, x19, #32
  stlr wzr, [x9]
  cmp w22, #PATIENCE
  b.eq 5f
4:
  mov w13, #0x10000000              // SA_RESTART
  bl restart
5:
  bl release
  ldp x21, x22, [sp, #32]
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #96
  ret

restart:                            // SA_RESTART, or 0, is in w13; the struct sigaction is at sp + 48
  ldr w0, [x19, #48]
  mov x1, #0
  add x2, sp, #48
  mov x3, #8
  mov x8, #134                      // rt_sigaction
  svc #0
  ldr x9, [sp, #56]
  and x9, x9, #~0x10000000
  orr x9, x9, x13
  str x9, [sp, #56]
  ldr w0, [x19, #48]
  add x1, sp, #48
  mov x2, #0
  mov x8, #134                      // rt_sigaction
  svc #0
  ret

depart:
  stp x29, x30, [sp, #-32]!
  mov x29, sp
  str x19, [sp, #16]
  mov x19, x0
1:
  ldp x9, x0, [x19, #8]
  cbz x9, 2f
  blr x9
2:
  ldr x19, [x19]
  cbnz x19, 1b
  ldr x19, [sp, #16]
  ldp x29, x30, [sp], #32
  ret

// Signals: see x86_64.S for the record that all copies of the library share.
.set RECORDS, 4096
.set MARGIN, 512
.set DATA, 65536

  .balign 16
  .ascii "vasty signals 1\n"
kick:
  stp x29, x30, [sp, #-32]!
  mov x29, sp
  stp x19, x20, [sp, #16]
  mov x19, x2
  mov x8, #178                      // gettid
  svc #0
  adr x9, invoke + DATA
  add x10, x9, #1024
  ldr w9, [x9]
  cmp w0, w9
  cset w13, eq
  mov w11, #16
  mov x20, #0
1:
  ldr w12, [x10, #44]
  cmp w0, w12
  csinc w13, w13, wzr, ne
  ldr x12, [x10], #128
  orr x20, x20, x12
  subs w11, w11, #1
  b.ne 1b
  cbnz w13, 2f
  bl shield
  b 3f
2:
  ldr x9, [x19, #40]                // uc_sigmask
  bic x9, x9, x20
  str x9, [x19, #40]
3:
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #32
  ret

// The ucontext_t is at x19, the signals are in x20.
shield:
  sub sp, sp, #16
  mov x0, #16                       // PR_GET_NAME
  mov x1, sp
  mov x8, #167                      // prctl
  svc #0
  ldr x9, [sp]
  add sp, sp, #16
  lsl x9, x9, #8
  movz x10, #0x7700                 // "worker-"
  movk x10, #0x726f, lsl #16
  movk x10, #0x656b, lsl #32
  movk x10, #0x2d72, lsl #48
  cmp x9, x10
  b.eq 1f
  movz x10, #0x7600                 // "vasty-w"
  movk x10, #0x7361, lsl #16
  movk x10, #0x7974, lsl #32
  movk x10, #0x772d, lsl #48
  cmp x9, x10
  b.eq 1f
  movz x10, #0x7400                 // "tokio-r"
  movk x10, #0x6b6f, lsl #16
  movk x10, #0x6f69, lsl #32
  movk x10, #0x722d, lsl #48
  cmp x9, x10
  adr x10, invoke + DATA + 16
  ldp x10, x11, [x10]
  csel x11, x11, xzr, eq
  ldr x9, [x19, #40]
  bic x9, x9, x10
  orr x10, x9, x20
  cmp x11, #0
  csel x9, x10, x9, eq
  str x9, [x19, #40]
1:
  ret

catcher:
  stp x29, x30, [sp, #-112]!        // 64: a zero action   96: the byte that wakes
  mov x29, sp
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  mov x19, x2
  mov x20, #0
  mov x21, x1
  mov w22, w0
  adr x24, invoke + DATA
  str xzr, [sp, #96]
  mov w14, #0                       // to be held back
  mov w15, #0                       // somebody was told
  mov x5, #0                        // whose thread this is
  mov x8, #178                      // gettid
  svc #0
  mov w23, w0
  add x10, x24, #1024
  mov w11, #16
  sub w12, w22, #1
1:
  ldr x13, [x10]
  orr x20, x20, x13
  lsr x13, x13, x12
  tbz x13, #0, 5f
  mov w15, #1
  ldr x16, [x10, #16]
  ldr x17, [x10, #24]
  sub x16, x16, x17
  cmp x16, #RECORDS
  b.hs 2f
  add x16, x10, #16
0:
  ldxr x0, [x16]
  add x1, x0, #1
  stxr w2, x1, [x16]
  cbnz w2, 0b
  and x2, x0, #(RECORDS - 1)
  ldr x3, [x10, #8]
  add x3, x3, x2, lsl #6
  ldp q0, q1, [x21]
  ldr q2, [x21, #32]
  stp q0, q1, [x3, #16]
  str q2, [x3, #48]
  str w23, [x3, #8]
  add x4, x0, #1
  stlr x4, [x3]
  ldr x17, [x10, #24]
  sub x0, x0, x17
  cmp x0, #(RECORDS - MARGIN)
  b.lo 4f
  b 3f
2:
  add x16, x10, #36
0:
  ldxr w0, [x16]
  add w1, w0, #1
  stxr w2, w1, [x16]
  cbnz w2, 0b
3:
  mov w14, #1
4:
  ldr w0, [x10, #32]
  add x1, sp, #96
  mov x2, #1
  mov x8, #64                       // write
  svc #0
5:
  ldr w13, [x10, #44]
  cmp w13, w23
  csel x5, x10, x5, eq
  add x10, x10, #128
  subs w11, w11, #1
  b.ne 1b
  add x13, x24, #28
  ldr w9, [x24]
  cmp w23, w9
  b.eq 6f
  add x13, x5, #48
  cbnz x5, 6f
  bl shield
  b 7f
6:
  cbz w14, 7f
  ldr x9, [x19, #40]
  orr x9, x9, x20
  str x9, [x19, #40]
  mov w9, #1
  str w9, [x13]
  str w9, [x24, #4]
7:
  add x9, x24, #24
  ldr x9, [x9, x22, lsl #3]
  cmp x9, #1
  b.hi 9f
  b.eq 8f
  cbnz w15, 8f
  stp xzr, xzr, [sp, #64]           // SIG_DFL
  stp xzr, xzr, [sp, #80]
  mov w0, w22
  add x1, sp, #64
  mov x2, #0
  mov x3, #8
  mov x8, #134                      // rt_sigaction
  svc #0
  ldr w0, [x24]
  mov w1, w22
  mov x8, #129                      // kill; it comes when this handler returns
  svc #0
8:
  mov x9, #0
9:
  mov w0, w22
  mov x1, x21
  mov x2, x19
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x29, x30, [sp], #112
  cbz x9, 1f
  br x9
1:
  ret

forsake:
  str xzr, [x0]
  str wzr, [x0, #44]
  stp xzr, xzr, [x0, #72]
  add x0, x0, #64
  stlr wzr, [x0]
  ret

execute:
  stp x29, x30, [sp, #-64]!
  stp x19, x20, [sp, #16]
  mov x19, x0
  mov x9, #-1
  str x9, [sp, #32]
  mov x0, #2                        // SIG_SETMASK
  add x1, sp, #32
  add x2, x19, #32
  mov x3, #8
  mov x8, #135                      // rt_sigprocmask
  svc #0
  ldr x0, [x19]
  mov x1, #0
  mov x2, #0
  mov x3, #0
  mov x4, #0
  mov x8, #220                      // clone
  svc #0
  cbz x0, 1f
  mov x20, x0
  mov x0, #2
  add x1, x19, #32
  mov x2, #0
  mov x3, #8
  mov x8, #135                      // rt_sigprocmask
  svc #0
  mov x0, x20
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #64
  ret
1:                                  // the child; struct sigaction of the kernel lies at sp + 32
  mov x20, #1
  stp xzr, xzr, [sp, #40]
  str xzr, [sp, #56]
2:
  sub x9, x20, #1
  ldr x10, [x19, #24]
  lsr x10, x10, x9
  and x10, x10, #1                  // SIG_IGN is 1, SIG_DFL 0
  str x10, [sp, #32]
  mov x0, x20
  add x1, sp, #32
  mov x2, #0
  mov x3, #8
  mov x8, #134                      // rt_sigaction; refused for KILL and STOP
  svc #0
  add x20, x20, #1
  cmp x20, #64
  b.ls 2b
  add x20, x19, #64
3:
  ldr x8, [x20]
  ldp x0, x1, [x20, #8]
  ldp x2, x3, [x20, #24]
  ldp x4, x5, [x20, #40]
  svc #0
  ldr x9, [x20, #56]
  ldr x10, [x20, #48]
  cmp x9, #1
  b.eq 5f
  cmp x9, #2
  b.eq 4f
  tbnz x0, #63, 6f
  cmp x9, #4
  b.eq 7f
  cmp x9, #3
  b.ne 5f
  str w0, [x10]
  b 5f
7:
  cbz x0, 5f
  mov x0, #0
  b 8f
4:
  cmp x0, x10
  b.eq 5f
  mov x0, #-3                       // ESRCH
  b 6f
5:
  add x20, x20, #64
  b 3b
6:
  str x0, [x19, #16]
  str x20, [x19, #8]
  mov x0, #127
8:
  mov x8, #94                       // exit_group
  svc #0

// What memcpy(3) cannot do to memory that processes share, on words of 32 and 64 bits. Each returns
// what was there before, zero-extended.
load32:                             // (address)
  ldar w0, [x0]
  ret
load64:
  ldar x0, [x0]
  ret
exchange32:                         // (address, value)
  ldaxr w2, [x0]
  stlxr w3, w1, [x0]
  cbnz w3, exchange32
  mov w0, w2
  ret
exchange64:
  ldaxr x2, [x0]
  stlxr w3, x1, [x0]
  cbnz w3, exchange64
  mov x0, x2
  ret
add32:                              // (address, value)
  ldaxr w2, [x0]
  add w3, w2, w1
  stlxr w4, w3, [x0]
  cbnz w4, add32
  mov w0, w2
  ret
add64:
  ldaxr x2, [x0]
  add x3, x2, x1
  stlxr w4, x3, [x0]
  cbnz w4, add64
  mov x0, x2
  ret
compare_exchange32:                 // (address, expected, value)
  ldaxr w3, [x0]
  cmp w3, w1
  b.ne 1f
  stlxr w4, w2, [x0]
  cbnz w4, compare_exchange32
1:
  mov w0, w3
  ret
compare_exchange64:
  ldaxr x3, [x0]
  cmp x3, x1
  b.ne 1f
  stlxr w4, x2, [x0]
  cbnz w4, compare_exchange64
1:
  mov x0, x3
  ret
