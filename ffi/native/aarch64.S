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
  stp x29, x30, [sp, #-48]!
  mov x29, sp
  stp x19, x20, [sp, #16]
  str x21, [sp, #32]
  mov x19, x0
  ldr x9, [x19, #24]
  blr x9
  mov x21, x0                       // this thread's errno
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
  cbz x20, 8f
  mov x8, #178                      // gettid
  svc #0
  str w0, [x20, #128]
  str x21, [x20, #112]
  ldr w9, [x20, #136]
  cbnz w9, 4f
  mov x0, x20
  bl invoke
3:
  ldr w0, [x19, #4]
  add x1, sp, #40
  mov x2, #8
  mov x8, #64                       // write
  svc #0
  cmn x0, #4
  b.eq 3b
  cmp x0, #8
  b.eq 2b
  b 5f
4:
  mov x9, #-1
  str x9, [x20, #96]
  mov w9, #4                        // EINTR
  str w9, [x20, #104]
  b 3b
5:
  add x9, x19, #16
6:
  ldaxr w10, [x9]
  sub w10, w10, #1
  stlxr w11, w10, [x9]
  cbnz w11, 6b
  cbnz w10, 8f
  mov x20, #0
7:
  ldr w0, [x19, x20, lsl #2]
  mov x8, #57                       // close
  svc #0
  add x20, x20, #1
  cmp x20, #4
  b.lo 7b
8:
  mov x0, #0
  ldr x21, [sp, #32]
  ldp x19, x20, [sp, #16]
  ldp x29, x30, [sp], #48
  ret

leave:
  ldr w0, [x0, #20]
  mov x8, #57                       // close
  svc #0
  ret

kick:
  ret

catcher:
  stp x0, x1, [sp, #-32]!
  stp x2, x30, [sp, #16]
  adr x9, invoke + 65536
  ldr w0, [x9]
  mov x1, sp
  mov x2, #1
  mov x8, #64                       // write
  svc #0
  ldp x2, x30, [sp, #16]
  ldp x0, x1, [sp], #32
  adr x9, invoke + 65544
  ldr x9, [x9, w0, sxtw #3]
  cbz x9, 9f
  br x9
9:
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
  cmp x9, #3
  b.ne 5f
  str w0, [x10]
  b 5f
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
  mov x8, #94                       // exit_group
  svc #0
