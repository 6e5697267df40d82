/** What a child is, besides its program and its descriptors: whose, in which group and session, within which limits. */
import { RESOURCE } from "../../ffi/abi/sys_resource.ts";
import { IN_WORKER } from "../../ffi/web_worker.ts";
import type { Fd } from "../core/fd.ts";
import { numberOfSignal, type SignalName } from "../core/signal_names.ts";
import { type Identity, identityOf, type IdentityOptions } from "./identity.ts";

/** A resource whose use can be limited, as getrlimit(2) calls it without `RLIMIT_`. */
export type ResourceName =
  | "CPU"
  | "FSIZE"
  | "DATA"
  | "STACK"
  | "CORE"
  | "RSS"
  | "NPROC"
  | "NOFILE"
  | "MEMLOCK"
  | "AS"
  | "LOCKS"
  | "SIGPENDING"
  | "MSGQUEUE"
  | "NICE"
  | "RTPRIO"
  | "RTTIME";

/** What applies, and how far the child may raise it itself; `Infinity` is no limit. */
export interface ResourceLimit {
  /** What applies. */
  soft: number;
  /** As far as the child may raise the other, and lower this one, itself. */
  hard: number;
}

/** Attributes of a child. What is not given is as it is here, but for signals: those are at their default. */
export interface AttributeOptions extends IdentityOptions {
  /**
   * Whether it leads a session of its own, without a controlling terminal; or `"member"`: it is in a session of its own that
   * it does not lead, as daemons are, so that no terminal which it opens can become its controlling one. Whoever led that
   * session has ended already.
   * @default {false}
   */
  session?: boolean | "member";
  /** `true`: it leads a process group of its own; a number: it joins that group of this session. */
  processGroup?: true | number;
  /** A terminal, as a descriptor of this program, whose foreground group the child's group becomes. */
  foreground?: Fd | number;
  /**
   * Which of its descriptors is the terminal that becomes the controlling one of its session, with its group in the foreground:
   * what is typed there reaches it as signals, and it finds it as /dev/tty. Needs `session: true`. A terminal that some other
   * session has is refused (`EPERM`). Where `user` is given, the terminal becomes that user's, if this program may give it away.
   */
  controllingTerminal?: number;
  /** The permission bits that files of its making do not get. */
  umask?: number;
  /** Its nice value from -20 to 19; lowering it takes privilege. */
  nice?: number;
  /** The processors that it may run on, by their numbers. */
  affinity?: readonly number[];
  /** Its root directory: a relative path to the program, `cwd` (`/` if not given) and PATH are meant within it. */
  chroot?: string | URL;
  /** Limits of resources in the kernel's units, below 2^64; a number is both the soft and the hard one. */
  rlimits?: Partial<Record<ResourceName, number | ResourceLimit>>;
  /**
   * The signal that the kernel sends it when this program ends, however it ends; set after the change of user. Not in a
   * Web Worker, whose end would send it too. A set-user-id program does not get it.
   */
  parentDeathSignal?: SignalName;
  /** Whether it, and all that it starts, can never gain privileges by executing a file. @default {false} */
  noNewPrivileges?: boolean;
  /** Signals that it starts with blocked. @default {none} */
  blockedSignals?: readonly SignalName[];
  /** Signals that it starts with ignored. @default {none} */
  ignoredSignals?: readonly SignalName[];
  /**
   * Variables of its environment that tell it its own process id, which nobody knows before it is started: the name of each,
   * and the text before the number. `{ LISTEN_PID: "" }` is what systemd's protocol asks for. /proc has to be mounted.
   */
  pidVariables?: Readonly<Record<string, string>>;
}

/** The same, checked and in numbers. */
export interface Attributes {
  readonly session: boolean;
  /** Whether it leaves the lead of the session to another process, which ends. */
  readonly member: boolean;
  /** 0: a group of its own. */
  readonly processGroup?: number;
  readonly foreground?: number;
  readonly controllingTerminal?: number;
  readonly identity: Identity;
  readonly umask?: number;
  readonly nice?: number;
  readonly affinity?: readonly number[];
  readonly chroot?: string | URL;
  readonly rlimits: readonly { name: string; resource: number; soft: bigint; hard: bigint }[];
  readonly parentDeathSignal?: number;
  readonly noNewPrivileges: boolean;
  /** Sets of signals, signal 1 in the lowest bit. */
  readonly blocked: bigint;
  readonly ignored: bigint;
  /** Whether it is told its process id. */
  readonly pid: boolean;
}

const NAMES = [
  "user",
  "group",
  "groups",
  "session",
  "processGroup",
  "foreground",
  "controllingTerminal",
  "umask",
  "nice",
  "affinity",
  "chroot",
  "rlimits",
  "parentDeathSignal",
  "noNewPrivileges",
  "blockedSignals",
  "ignoredSignals",
  "pidVariables",
] as const satisfies (keyof AttributeOptions)[];

/** Those of a child of which nothing was said. */
export const PLAIN: Attributes = {
  session: false,
  member: false,
  identity: {},
  rlimits: [],
  noNewPrivileges: false,
  blocked: 0n,
  ignored: 0n,
  pid: false,
};

/**
 * Check what was said.
 *
 * @throws {TypeError} if it contradicts itself, or there is no such signal, user or group.
 * @throws {RangeError} if a number is out of its range.
 */
export function attributesOf(options: AttributeOptions): Attributes {
  if (!NAMES.some((name) => options[name] !== undefined)) return PLAIN;
  const { session = false, processGroup, foreground, umask, nice, affinity, chroot, parentDeathSignal } = options;
  if (session && processGroup !== undefined) {
    throw new TypeError("session and processGroup exclude each other: the leader of a session leads a group");
  }
  if (options.controllingTerminal !== undefined) checkTerminal(options);
  if (session === "member") refuseForMembers(options);
  inRange("umask", umask, 0, 0o777);
  inRange("nice", nice, -20, 19);
  if (typeof processGroup === "number") inRange("processGroup", processGroup, 1, 2 ** 31 - 1);
  affinity?.forEach((processor) => inRange("affinity", processor, 0, 8191));
  if (affinity?.length === 0) throw new RangeError("affinity needs at least one processor");
  if (parentDeathSignal !== undefined && IN_WORKER) {
    throw new TypeError("parentDeathSignal would come when this Web Worker ends: start the child from the main thread");
  }
  return {
    session: Boolean(session),
    member: session === "member",
    processGroup: groupOf(processGroup, foreground, Boolean(session)),
    foreground: typeof foreground === "object" ? foreground.number : foreground,
    controllingTerminal: options.controllingTerminal,
    identity: identityOf(options),
    umask,
    nice,
    affinity,
    chroot,
    rlimits: Object.entries(options.rlimits ?? {}).flatMap(([name, limit]) => resourceLimit(name, limit)),
    parentDeathSignal: parentDeathSignal === undefined ? undefined : numberOfSignal(parentDeathSignal),
    noNewPrivileges: options.noNewPrivileges ?? false,
    blocked: signalSet(options.blockedSignals ?? []),
    ignored: signalSet(options.ignoredSignals ?? []),
    pid: Object.keys(options.pidVariables ?? {}).length > 0,
  };
}

/** Its parent is not this program when it begins, and its session has no terminal. */
function refuseForMembers({ parentDeathSignal, foreground }: AttributeOptions): void {
  if (parentDeathSignal === undefined && foreground === undefined) return;
  throw new TypeError('session: "member" excludes parentDeathSignal and foreground');
}

/** The kernel gives a terminal to the leader of a session that has none, and with it the foreground. */
function checkTerminal({ controllingTerminal, session, foreground }: AttributeOptions): void {
  inRange("controllingTerminal", controllingTerminal, 0, 0xffff);
  if (session !== true) throw new TypeError("controllingTerminal needs session: true");
  if (foreground === undefined) return;
  throw new TypeError("controllingTerminal and foreground exclude each other: it has the foreground of its terminal");
}

/** A group that is put into the foreground is the child's own unless it joins another one. */
function groupOf(given: true | number | undefined, foreground: unknown, session: boolean): number | undefined {
  if (given === true) return 0;
  return given ?? (foreground !== undefined && !session ? 0 : undefined);
}

function inRange(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} is an integer from ${least} to ${most}, not ${value}`);
}

const NUMBERS: Record<string, number | undefined> = RESOURCE;

/** None where no `limit` is given. */
function resourceLimit(name: string, limit: number | ResourceLimit | undefined): Attributes["rlimits"] {
  const resource = NUMBERS[`RLIMIT_${name}`];
  if (resource === undefined) throw new TypeError(`There is no limit of ${JSON.stringify(name)}`);
  if (limit === undefined) return [];
  const { soft, hard } = typeof limit === "object" ? limit : { soft: limit, hard: limit };
  const units = (value: number) => {
    if (value === Infinity) return -1n;
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 64) {
      throw new RangeError(`rlimits.${name} cannot be ${value}`);
    }
    return BigInt(value);
  };
  if (soft > hard) throw new RangeError(`rlimits.${name}: the soft limit ${soft} is above the hard one, ${hard}`);
  return [{ name, resource, soft: units(soft), hard: units(hard) }];
}

function signalSet(signals: readonly SignalName[]): bigint {
  return signals.reduce((set, signal) => set | 1n << BigInt(numberOfSignal(signal) - 1), 0n);
}

/** Whether posix_spawn(3) cannot do it. */
export function needExecute(attributes: Attributes): boolean {
  const { identity, rlimits, processGroup = 0 } = attributes;
  // It can join a group, but does not say that this is what failed.
  return processGroup > 0 || attributes.member || rlimits.length > 0 || attributes.ignored !== 0n ||
    attributes.noNewPrivileges || attributes.pid ||
    [
      identity.uid,
      identity.gid,
      identity.groups,
      attributes.foreground,
      attributes.controllingTerminal,
      attributes.umask,
      attributes.nice,
      attributes.affinity,
      attributes.chroot,
      attributes.parentDeathSignal,
    ].some((value) => value !== undefined);
}
