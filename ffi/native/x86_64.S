# The native adaptors for x86_64, position independent. The bytes stand in bytes.ts;
# `deno task native` assembles this file again and tests/ffi/native_test.ts compares.
#
# A call frame is 144 bytes, and a tree of one node for twalk_r(3): its key comes first, and that
# both links are NULL makes it a leaf.
#     0  the function          96  its result
#     8  three zeros          104  its errno
#    32  eight arguments      112  where errno lies
#   120  offset of the argument that takes the closure's address, or 0
#   128  the worker's thread id while it runs     136  not zero: cancelled before it began

.intel_syntax noprefix
# void invoke(frame *, VISIT, void *closure), the action that twalk_r(3) takes once: calls the
# function and stores its errno before anything else can run on this thread. glibc jumps to it
# instead of calling it: every return after a system call is one that the processor mispredicts.
invoke:
  push rbx
  sub rsp, 16                       # two stack arguments; the call is made 16-byte aligned
  mov rbx, rdi
  mov rax, [rbx + 120]
  test rax, rax
  jz 1f
  mov [rbx + rax], rdx
1:
  mov rax, [rbx + 112]
  mov dword ptr [rax], 0
  mov rax, [rbx + 80]
  mov [rsp], rax
  mov rax, [rbx + 88]
  mov [rsp + 8], rax
  mov rdi, [rbx + 32]
  mov rsi, [rbx + 40]
  mov rdx, [rbx + 48]
  mov rcx, [rbx + 56]
  mov r8, [rbx + 64]
  mov r9, [rbx + 72]
  xor eax, eax                      # a variadic callee: no vector registers are used
  call [rbx]
  mov [rbx + 96], rax
  mov rax, [rbx + 112]
  mov eax, [rax]
  mov [rbx + 104], eax
  add rsp, 16
  pop rbx
  ret

# void *worker(control *), a thread: takes the address of a frame from the request pipe, runs
# it, writes the address to the response pipe. A zero ends it, and JavaScript counts it out. So
# does the end of the requests, which means that JavaScript is gone: then it counts itself out.
# What was asked for and not begun by then is not begun any more.
#     0  request  4  response  8, 12  two more to close  16  threads alive, and JavaScript
#    20  JavaScript's end  24  __errno_location  32  not zero: a thread has the list below
#    36  not zero: JavaScript is gone  40  the list of threads  48  the kick
# A thread's place in the list is on its stack:
#     0  the next one   8  where the address of this one is   16  its id
worker:
  push rbx
  push r12
  push r13
  sub rsp, 48                       # 0: what was read   16: its place in the list
  mov rbx, rdi
  call [rbx + 24]
  mov r13, rax                      # this thread's errno
  mov eax, 186                      # gettid
  syscall
  mov [rsp + 32], eax
  call hold
  mov rax, [rbx + 40]
  lea rcx, [rbx + 40]
  lea rdx, [rsp + 16]
  mov [rdx], rax
  mov [rdx + 8], rcx
  mov [rcx], rdx
  test rax, rax
  jz 1f
  mov [rax + 8], rdx
1:
  mov dword ptr [rbx + 32], 0
2:
  mov edi, [rbx]
  mov rsi, rsp
  mov edx, 8
  xor eax, eax                      # read
  syscall
  cmp rax, -4                       # EINTR: a kick that came too late
  je 2b
  cmp rax, 8
  jne 5f
  mov r12, [rsp]
  test r12, r12
  jz 6f
  cmp dword ptr [rbx + 36], 0
  jne 2b
  mov eax, [rsp + 32]
  mov [r12 + 128], eax
  mov [r12 + 112], r13
  cmp dword ptr [r12 + 136], 0
  jne 4f
  mov rdi, r12
  call invoke
3:
  cmp dword ptr [rbx + 36], 0
  jne 2b
  mov edi, [rbx + 4]
  mov rsi, rsp
  mov edx, 8
  mov eax, 1                        # write
  syscall
  cmp rax, -4
  je 3b
  jmp 2b
4:
  mov qword ptr [r12 + 96], -1
  mov dword ptr [r12 + 104], 4       # EINTR
  jmp 3b
5:
  mov r12d, 1
  jmp 7f
6:
  xor r12d, r12d
7:
  call hold
  mov rax, [rsp + 16]
  mov rcx, [rsp + 24]
  mov [rcx], rax
  test rax, rax
  jz 8f
  mov [rax + 8], rcx
8:
  mov dword ptr [rbx + 32], 0
  test r12d, r12d
  jz 9f
  call release
9:
  xor eax, eax
  add rsp, 48
  pop r13
  pop r12
  pop rbx
  ret

# Takes the list of threads of the control block at rbx.
hold:
  mov eax, 1
  xchg [rbx + 32], eax
  test eax, eax
  jz 1f
  mov eax, 24                       # sched_yield
  syscall
  jmp hold
1:
  ret

# Counts one out of the control block at rbx; the last one closes the four descriptors.
release:
  lock dec dword ptr [rbx + 16]
  jnz 2f
  xor r12d, r12d
1:
  mov edi, [rbx + r12 * 4]
  mov eax, 3                        # close
  syscall
  inc r12d
  cmp r12d, 4
  jb 1b
2:
  ret

# void leave(control *), for `depart`: the thread that ran JavaScript (a Web Worker's) ends, and
# nobody else would end the requests. What blocks is interrupted, again and again, since a kick can
# come just before a call blocks; but not for ever, since a resolver does not let itself be
# interrupted: such a thread leaves when its call returns.
.set PATIENCE, 1000
leave:
  push rbx
  push r12
  push r13
  sub rsp, 48                       # 0: the kernel's struct sigaction   32: a millisecond
  mov rbx, rdi
  mov dword ptr [rbx + 36], 1
  mov edi, [rbx + 20]
  mov eax, 3                        # close
  syscall
  mov eax, 39                       # getpid
  syscall
  mov r12d, eax
  mov qword ptr [rsp + 32], 0
  mov qword ptr [rsp + 40], 1000000
  mov r13d, PATIENCE
1:
  lea rdi, [rsp + 32]               # who is idle needs no kick
  xor esi, esi
  mov eax, 35                       # nanosleep
  syscall
  call hold
  mov r8, [rbx + 40]
  test r8, r8
  jz 3f
  xor edx, edx
  call restart
2:
  mov edi, r12d
  mov esi, [r8 + 16]
  mov edx, [rbx + 48]
  mov eax, 234                      # tgkill
  syscall
  mov r8, [r8]
  test r8, r8
  jnz 2b
  mov dword ptr [rbx + 32], 0
  dec r13d
  jnz 1b
  jmp 4f
3:
  mov dword ptr [rbx + 32], 0
  cmp r13d, PATIENCE
  je 5f
4:
  mov edx, 0x10000000               # SA_RESTART
  call restart
5:
  call release
  add rsp, 48
  pop r13
  pop r12
  pop rbx
  ret

# Whether calls go on that the kick interrupts: SA_RESTART, or 0, is in edx. The caller's stack
# begins with room for the kernel's struct sigaction.
restart:
  push rdx
  mov edi, [rbx + 48]
  xor esi, esi
  lea rdx, [rsp + 16]
  mov r10d, 8
  mov eax, 13                       # rt_sigaction
  syscall
  pop rdx
  and dword ptr [rsp + 16], ~0x10000000
  or [rsp + 16], edx
  mov edi, [rbx + 48]
  lea rsi, [rsp + 8]
  xor edx, edx
  mov eax, 13                       # rt_sigaction
  syscall
  ret

# void depart(list *), the destructor of the process's one key of thread-specific data: a thread
# that ran JavaScript ends. Calls what is to be done then, the last one first.
#     0  the next one   8  a function, or 0   16  its argument
depart:
  push rbx
  mov rbx, rdi
1:
  mov rax, [rbx + 8]
  test rax, rax
  jz 2f
  mov rdi, [rbx + 16]
  call rax
2:
  mov rbx, [rbx]
  test rbx, rbx
  jnz 1b
  pop rbx
  ret

# Signals. The first copy of the library in a process places the record that all copies share, in
# the data 64 KiB after the code; the others find it by the 16 bytes before the handler `kick`.
#     0  process id               24  1 where the threads of Deno's pool run JavaScript (deno test)
#     4  not zero: a thread holds signals back
#     8  signals that were caught before Deno listened, which no code here reads
#    16  all signals that were ever wanted
#    28  as 4, on the main thread
#    24 + 8 * signal  the handler below us, 0 for none, 1 for nothing
#   560  what the process was started with, a byte for each signal; this, 640, 704 on and 3072 on no code here reads
#   640  1 and the key whose destructor is `depart`, 0 for none
#  1024  sixteen subscribers of 128 bytes:
#     0  the signals it wants     24  records ever read             40  the reading end
#     8  its ring                 32  the writing end of its pipe   44  its thread
#    16  records ever written     36  records lost                  48  as 28, on its thread
#    64  its mutex               112  of those that it wants: which only before their default
#   120  which only to hold them back
# A ring has 4096 records of 64 bytes: 0 its number from 1 on, written last; 8 the thread; 16 the
# first 48 bytes of the siginfo_t.
.set RECORDS, 4096
# So many records may still come once signals are held back: one for each other thread.
.set MARGIN, 512

  .balign 16
  .ascii "vasty signals 1\n"
# void kick(int, siginfo_t *, ucontext_t *), the handler of the signal that ends a worker's
# blocking call with EINTR. Sent to the main thread or to one that runs JavaScript it lets signals
# in that were held back, and sent to any other it keeps the caught signals from it.
kick:
  push rbx
  push r14
  push r15
  mov rbx, rdx
  mov eax, 186                      # gettid
  syscall
  xor r14d, r14d
  cmp eax, invoke[rip + 65536]
  sete r14b
  lea r8, invoke[rip + 65536 + 1024]
  mov r9d, 16
  xor r15d, r15d
1:
  or r15, [r8]
  cmp eax, [r8 + 44]
  jne 2f
  mov r14d, 1
2:
  sub r8, -128
  dec r9d
  jnz 1b
  test r14d, r14d
  jnz 3f
  call shield
  jmp 4f
3:
  not r15
  and [rbx + 296], r15              # uc_sigmask
4:
  pop r15
  pop r14
  pop rbx
  ret

# Keeps the signals of r15 from this thread, whose ucontext_t is at rbx, and lets those in that
# are wanted no more; but not in a Web Worker, whose children would inherit its mask, nor in one of
# Deno's pool where that runs JavaScript, nor in the library's own threads, which take none.
shield:
  sub rsp, 24
  mov edi, 16                       # PR_GET_NAME
  mov rsi, rsp
  mov eax, 157                      # prctl
  syscall
  mov rax, [rsp]
  add rsp, 24
  shl rax, 8
  movabs rcx, 0x2d72656b726f7700    # "worker-"
  cmp rax, rcx
  je 1f
  movabs rcx, 0x772d797473617600    # "vasty-w"
  cmp rax, rcx
  je 1f
  movabs rcx, 0x722d6f696b6f7400    # "tokio-r"
  cmp rax, rcx
  sete al
  and al, invoke[rip + 65536 + 24]
  mov rcx, invoke[rip + 65536 + 16]
  not rcx
  and [rbx + 296], rcx
  test al, al
  jnz 1f
  or [rbx + 296], r15
1:
  ret

# void catcher(int, siginfo_t *, ucontext_t *), a signal handler: appends a record to the ring of
# each subscriber, wakes it through its pipe, which does not block, and goes on to the handler that
# was there before. The main thread alone keeps taking signals, so that they stay in order, until
# a ring is nearly full: then the kernel queues them. With nobody to tell it does what the signal
# does by default.
catcher:
  push rbx
  push rbp
  push r12
  push r13
  push r14
  push r15
  sub rsp, 40                       # 0: to be held back   4: somebody was told   8: whose thread
                                    # this is; a zero action afterwards
  mov rbx, rdx
  mov r12, rsi
  mov r13d, edi
  lea r14, invoke[rip + 65536]
  xor r15d, r15d
  mov qword ptr [rsp], 0
  mov qword ptr [rsp + 8], 0
  mov eax, 186                      # gettid
  syscall
  mov ebp, eax
  lea r8, [r14 + 1024]
  mov r9d, 16
  lea r10d, [r13 - 1]
1:
  mov rax, [r8]
  or r15, rax
  bt rax, r10
  jnc 5f
  mov dword ptr [rsp + 4], 1
  mov rax, [r8 + 16]
  sub rax, [r8 + 24]
  cmp rax, RECORDS
  jae 2f
  mov eax, 1
  lock xadd [r8 + 16], rax
  mov edx, eax
  and edx, RECORDS - 1
  shl edx, 6
  add rdx, [r8 + 8]
  movups xmm0, [r12]
  movups xmm1, [r12 + 16]
  movups xmm2, [r12 + 32]
  movups [rdx + 16], xmm0
  movups [rdx + 32], xmm1
  movups [rdx + 48], xmm2
  mov [rdx + 8], ebp
  lea rcx, [rax + 1]
  mov [rdx], rcx
  sub rax, [r8 + 24]
  cmp rax, RECORDS - MARGIN
  jb 4f
  jmp 3f
2:
  lock inc dword ptr [r8 + 36]
3:
  mov dword ptr [rsp], 1
4:
  mov edi, [r8 + 32]
  mov rsi, rsp
  mov edx, 1
  mov eax, 1                        # write
  syscall
5:
  cmp ebp, [r8 + 44]
  jne 6f
  mov [rsp + 8], r8
6:
  sub r8, -128
  dec r9d
  jnz 1b
  lea rcx, [r14 + 28]
  cmp ebp, [r14]
  je 6f
  mov rcx, [rsp + 8]
  add rcx, 48
  cmp rcx, 48
  jne 6f
  call shield
  jmp 7f
6:
  cmp dword ptr [rsp], 0
  je 7f
  or [rbx + 296], r15
  mov dword ptr [rcx], 1
  mov dword ptr [r14 + 4], 1
7:
  mov rax, [r14 + 24 + 8 * r13]
  cmp rax, 1
  ja 9f
  je 8f
  cmp dword ptr [rsp + 4], 0
  jne 8f
  xor eax, eax
  mov [rsp + 8], rax                # SIG_DFL
  mov [rsp + 16], rax
  mov [rsp + 24], rax
  mov [rsp + 32], rax
  mov edi, r13d
  lea rsi, [rsp + 8]
  xor edx, edx
  mov r10d, 8
  mov eax, 13                       # rt_sigaction
  syscall
  mov edi, [r14]
  mov esi, r13d
  mov eax, 62                       # kill; it comes when this handler returns
  syscall
8:
  xor eax, eax
9:
  mov edi, r13d
  mov rsi, r12
  mov rdx, rbx
  add rsp, 40
  pop r15
  pop r14
  pop r13
  pop r12
  pop rbp
  pop rbx
  test rax, rax
  jz 1f
  jmp rax
1:
  ret

# void forsake(subscriber *), for `depart`: the thread that ran JavaScript ends, and nobody reads
# its ring any more. Its mutex, 64 bytes on, is free for the next one.
forsake:
  xor eax, eax
  xchg [rdi], rax
  xor eax, eax
  mov [rdi + 44], eax
  mov [rdi + 72], rax
  mov [rdi + 80], rax
  mov dword ptr [rdi + 64], eax
  ret

# long execute(program *): a child that shares this memory runs a list of system calls, the last
# of which executes a file, while the caller waits (vfork). Its pid, or -errno of clone(2). The
# stack is shared as well: the child calls nothing and returns to nowhere.
#     0  flags of clone         24  signals that it ignores; all others get their default
#     8  the step that failed   32  the caller's mask, kept here
#    16  -errno of that step    64  steps of 64 bytes
# A step:  0  the call    8  six arguments    56  what its result means:
#     0  it failed if it is negative    1  nothing    2  it failed unless it is the sixth argument
#     3  as 0, and 32 bits of it go to where the sixth argument points
#     4  as 0, and unless it is 0 the process exits with 0: of a second clone, who made it leaves
execute:
  push rbx
  push r12
  sub rsp, 40
  mov rbx, rdi
  # No handler of the caller's may run in the child: it would do so in the caller's memory.
  mov qword ptr [rsp], -1
  mov edi, 2                        # SIG_SETMASK
  mov rsi, rsp
  lea rdx, [rbx + 32]
  mov r10d, 8
  mov eax, 14                       # rt_sigprocmask
  syscall
  mov rdi, [rbx]
  xor esi, esi
  xor edx, edx
  xor r10d, r10d
  xor r8d, r8d
  mov eax, 56                       # clone
  syscall
  test rax, rax
  jz 1f
  mov r12, rax
  mov edi, 2
  lea rsi, [rbx + 32]
  xor edx, edx
  mov r10d, 8
  mov eax, 14                       # rt_sigprocmask
  syscall
  mov rax, r12
  add rsp, 40
  pop r12
  pop rbx
  ret
1:                                  # the child; struct sigaction of the kernel lies at rsp
  mov r12d, 1
  xor eax, eax
  mov [rsp + 8], rax
  mov [rsp + 16], rax
  mov [rsp + 24], rax
2:
  lea ecx, [r12 - 1]
  mov rax, [rbx + 24]
  shr rax, cl
  and eax, 1                        # SIG_IGN is 1, SIG_DFL 0
  mov [rsp], rax
  mov edi, r12d
  mov rsi, rsp
  xor edx, edx
  mov r10d, 8
  mov eax, 13                       # rt_sigaction; refused for KILL and STOP
  syscall
  inc r12d
  cmp r12d, 64
  jbe 2b
  lea r12, [rbx + 64]
3:
  mov rax, [r12]
  mov rdi, [r12 + 8]
  mov rsi, [r12 + 16]
  mov rdx, [r12 + 24]
  mov r10, [r12 + 32]
  mov r8, [r12 + 40]
  mov r9, [r12 + 48]
  syscall
  mov rcx, [r12 + 56]
  cmp rcx, 1
  je 5f
  cmp rcx, 2
  je 4f
  test rax, rax
  js 6f
  cmp rcx, 4
  je 7f
  cmp rcx, 3
  jne 5f
  mov rdx, [r12 + 48]
  mov [rdx], eax
  jmp 5f
7:
  xor edi, edi
  test rax, rax
  jnz 8f
  jmp 5f
4:
  cmp rax, [r12 + 48]
  je 5f
  mov rax, -3                       # ESRCH
  jmp 6f
5:
  add r12, 64
  jmp 3b
6:
  mov [rbx + 16], rax
  mov [rbx + 8], r12
  mov edi, 127
8:
  mov eax, 231                      # exit_group
  syscall

# What memcpy(3) cannot do to memory that processes share, on words of 32 and 64 bits. Each returns
# what was there before, zero-extended.
load32:                             # (address)
  mov eax, [rdi]
  ret
load64:
  mov rax, [rdi]
  ret
exchange32:                         # (address, value)
  mov eax, esi
  xchg [rdi], eax
  ret
exchange64:
  mov rax, rsi
  xchg [rdi], rax
  ret
add32:                              # (address, value)
  mov eax, esi
  lock xadd [rdi], eax
  ret
add64:
  mov rax, rsi
  lock xadd [rdi], rax
  ret
compare_exchange32:                 # (address, expected, value)
  mov eax, esi
  lock cmpxchg [rdi], edx
  ret
compare_exchange64:
  mov rax, rsi
  lock cmpxchg [rdi], rdx
  ret
