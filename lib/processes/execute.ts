/** Starting a program by the adaptor `execute`, which does what posix_spawn(3) cannot, and says which step failed. */
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { PROGRAM, STEP } from "../../ffi/abi/frame.ts";
import { CLONE } from "../../ffi/abi/sched.ts";
import { SIGNAL, SIGNAL_ACTION } from "../../ffi/abi/signal.ts";
import { IOCTL } from "../../ffi/abi/sys_ioctl.ts";
import { PRCTL } from "../../ffi/abi/sys_prctl.ts";
import { RESOURCE } from "../../ffi/abi/sys_resource.ts";
import { SYS } from "../../ffi/abi/sys_syscall.ts";
import { Block, cString } from "../../ffi/memory.ts";
import { execute } from "../../ffi/native/execute.ts";
import { prctl } from "../../ffi/sys_prctl.ts";
import { syscallError } from "../core/errors.ts";
import { pathOf } from "../core/path.ts";
import type { Attributes } from "./attributes.ts";
import { PID_DIGITS } from "./environment.ts";
import { reap } from "./exit_watch.ts";
import { planMoves } from "./moves.ts";
import { SecondClone } from "./second_clone.ts";
import type { Plan } from "./start.ts";

/** What the result of a step means; the numbers are the adaptor's. */
const MEANING = { must: 0, may: 1, equals: 2, store: 3, leave: 4 } as const;
type Meaning = keyof typeof MEANING;

/** The size of the kernel's sigset_t. */
const KERNEL_SIGSET = 8;

/** The system calls of a child, in their order, with what they are for; disposing frees their arguments. */
export class Steps implements Disposable {
  readonly #words: bigint[] = [];
  readonly #names: { doing: string; call: string }[] = [];
  readonly #memory: Block[] = [];

  /** One call. `sixth` is what "equals" compares with, or where "store" puts its result. */
  add(doing: string, call: keyof typeof SYS, args: readonly number[], meaning: Meaning = "must", sixth = 0): void {
    this.#words.push(BigInt(SYS[call]));
    for (let i = 0; i < 5; i++) this.#words.push(BigInt(args[i] ?? 0));
    this.#words.push(BigInt(sixth), BigInt(MEANING[meaning]));
    this.#names.push({ doing, call });
  }

  /** The address of `data`, which lives as long as this. */
  place(data: ArrayBufferView<ArrayBuffer>): number {
    const block = new Block(data.byteLength);
    block.put(data);
    this.#memory.push(block);
    return block.address;
  }

  /** Run them in a child: its pid, or -errno if the last of them failed. @throws {SyscallError} if another one did. */
  run(program: string, ignored: bigint): number {
    const image = new BigInt64Array(PROGRAM.STEPS / 8 + this.#words.length);
    image.set(this.#words, PROGRAM.STEPS / 8);
    image[PROGRAM.FLAGS / 8] = BigInt(CLONE.CLONE_VM | CLONE.CLONE_VFORK | SIGNAL.SIGCHLD);
    image[PROGRAM.IGNORED / 8] = BigInt.asIntN(64, ignored);
    using block = new Block(image.byteLength);
    block.put(image);
    const pid = execute(block.address);
    if (pid < 0) return pid;
    const [step, result] = block.get(new BigInt64Array(2), PROGRAM.FAILED_STEP) as unknown as [bigint, bigint];
    if (step === 0n) return pid;
    reap(pid, true);
    const index = (Number(step) - block.address - PROGRAM.STEPS) / STEP.SIZE;
    if (index === this.#names.length - 1) return Number(result);
    const { doing, call } = this.#names[index]!;
    throw syscallError(`spawn ${JSON.stringify(program)}: ${doing}`, Number(-result), call.slice("SYS_".length));
  }

  [Symbol.dispose](): void {
    for (const block of this.#memory) block.free();
  }
}

/** Start the program at `path` as planned: its pid, or -errno of clone(2) or execve(2). */
export function executeProgram(plan: Plan, path: Uint8Array<ArrayBuffer>): number {
  const { attributes } = plan;
  using steps = new Steps();
  addPid(steps, plan);
  addGroup(steps, attributes);
  using second = attributes.member ? new SecondClone(steps) : undefined;
  addScheduling(steps, attributes);
  addFolder(steps, plan);
  addDescriptors(steps, plan);
  addTerminal(steps, attributes);
  addLimits(steps, attributes);
  addIdentity(steps, attributes);
  const mask = steps.place(BigInt64Array.of(BigInt.asIntN(64, attributes.blocked)));
  steps.add("set its signal mask", "SYS_rt_sigprocmask", [SIGNAL_ACTION.SIG_SETMASK, mask, 0, KERNEL_SIGSET]);
  steps.add("execute it", "SYS_execve", [steps.place(path), plan.argv, plan.environment]);
  using _dumpable = attributes.identity.uid === undefined && attributes.identity.gid === undefined
    ? undefined
    : dumpableRestored();
  const pid = steps.run(plan.program, attributes.ignored);
  return second === undefined || pid < 0 ? pid : second.pid(plan.program, pid);
}

/** The child shares this memory when it becomes another user, and the kernel marks that as not to be dumped. */
function dumpableRestored(): Disposable {
  const before = prctl(PRCTL.PR_GET_DUMPABLE, 0, 0, 0, 0);
  return { [Symbol.dispose]: () => void prctl(PRCTL.PR_SET_DUMPABLE, before, 0, 0, 0) };
}

/**
 * Its process id as text, written into the environment that it gets: nobody but the kernel has made a text of it yet. First,
 * for another root may have no /proc.
 */
function addPid(steps: Steps, { pids }: Plan): void {
  if (pids.length === 0) return;
  const link = steps.place(cString("/proc/self"));
  for (const place of pids) {
    steps.add("tell it its process id", "SYS_readlinkat", [FCNTL.AT_FDCWD, link, place, PID_DIGITS]);
  }
}

function addGroup(steps: Steps, { session, processGroup, foreground }: Attributes): void {
  if (session) steps.add("begin a session", "SYS_setsid", []);
  if (processGroup === 0) steps.add("lead a process group", "SYS_setpgid", [0, 0]);
  else if (processGroup !== undefined) {
    steps.add(`join process group ${processGroup}`, "SYS_setpgid", [0, processGroup]);
  }
  if (foreground === undefined) return;
  // SIGTTOU, which a group in the background would get for this, is blocked like every other.
  const group = steps.place(Int32Array.of(processGroup ?? 0));
  if (!processGroup) steps.add("ask for its pid", "SYS_getpid", [], "store", group);
  steps.add(`take the foreground of terminal ${foreground}`, "SYS_ioctl", [foreground, IOCTL.TIOCSPGRP, group]);
}

function addScheduling(steps: Steps, { umask, nice, affinity }: Attributes): void {
  if (umask !== undefined) steps.add("set its umask", "SYS_umask", [umask], "may");
  if (affinity !== undefined) {
    const set = new Uint8Array(8 * Math.ceil((Math.max(...affinity) + 1) / 64));
    for (const processor of affinity) set[processor >> 3]! |= 1 << (processor & 7);
    const args = [0, set.length, steps.place(set)];
    steps.add(`run on processors ${affinity.join(", ")}`, "SYS_sched_setaffinity", args);
  }
  if (nice !== undefined) steps.add(`set nice value ${nice}`, "SYS_setpriority", [RESOURCE.PRIO_PROCESS, 0, nice]);
}

/** After the descriptors, which may be more, and before the user, who may raise nothing. */
function addLimits(steps: Steps, { rlimits }: Attributes): void {
  for (const { name, resource, soft, hard } of rlimits) {
    steps.add(`limit ${name}`, "SYS_prlimit64", [0, resource, steps.place(BigInt64Array.of(soft, hard))]);
  }
}

/** A directory within another root can only be found there; any other was opened here. */
function addFolder(steps: Steps, { attributes: { chroot }, folder, cwd }: Plan): void {
  if (chroot === undefined) {
    if (folder !== undefined) steps.add("enter its directory", "SYS_fchdir", [folder]);
    return;
  }
  const root = pathOf(chroot);
  const within = cwd === undefined ? "/" : pathOf(cwd);
  steps.add(`change its root to ${JSON.stringify(root)}`, "SYS_chroot", [steps.place(cString(root, "chroot"))]);
  steps.add(`enter directory ${JSON.stringify(within)}`, "SYS_chdir", [steps.place(cString(within, "cwd"))]);
}

function addDescriptors(steps: Steps, { map }: Plan): void {
  const moves = planMoves(map);
  for (const [from, to] of moves.copies) {
    const doing = `give it descriptor ${to}`;
    if (from === to) steps.add(doing, "SYS_fcntl", [to, FCNTL.F_SETFD, 0]);
    else steps.add(doing, "SYS_dup3", [from, to, 0]);
  }
  for (const fd of moves.gaps) steps.add(`close descriptor ${fd}`, "SYS_close", [fd], "may");
  steps.add("close all other descriptors", "SYS_close_range", [moves.closeFrom, 2 ** 32 - 1, 0]);
}

/** Of its own descriptors; before the user, who may give no terminal away. */
function addTerminal(steps: Steps, { controllingTerminal, identity }: Attributes): void {
  if (controllingTerminal === undefined) return;
  const doing = `make descriptor ${controllingTerminal} its controlling terminal`;
  steps.add(doing, "SYS_ioctl", [controllingTerminal, IOCTL.TIOCSCTTY, 0]);
  if (identity.uid === undefined) return;
  const same = 2 ** 32 - 1;
  steps.add("give it the terminal", "SYS_fchown", [controllingTerminal, identity.uid, same], "may");
}

/** Groups, then the group, then the user, who may do neither; what the kernel clears with that comes after it. */
function addIdentity(steps: Steps, { identity, parentDeathSignal, noNewPrivileges }: Attributes): void {
  const { uid, gid, groups } = identity;
  if (groups !== undefined) {
    const list = steps.place(Uint32Array.from(groups.length > 0 ? groups : [0]));
    steps.add(`set groups ${groups.join(", ") || "(none)"}`, "SYS_setgroups", [groups.length, list]);
  }
  if (gid !== undefined) steps.add(`set group ${gid}`, "SYS_setresgid", [gid, gid, gid]);
  if (uid !== undefined) steps.add(`set user ${uid}`, "SYS_setresuid", [uid, uid, uid]);
  if (noNewPrivileges) steps.add("give up new privileges", "SYS_prctl", [PRCTL.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]);
  if (parentDeathSignal === undefined) return;
  steps.add("ask for a signal at this program's end", "SYS_prctl", [PRCTL.PR_SET_PDEATHSIG, parentDeathSignal]);
  // Had it ended before, no signal would come.
  steps.add("find this program alive", "SYS_getppid", [], "equals", Deno.pid);
}
