/** What the process was started with, signal by signal, kept where every copy of the library finds it. */
import { CATCHER } from "./abi/frame.ts";
import { SIGNAL } from "./abi/signal.ts";
import { handlerOf, SIG_IGN } from "./dispositions.ts";
import { libc } from "./libc.ts";
import { existingRecord, signalRecord } from "./signal_record.ts";

/** What a process had for a signal from its parent: it cannot be told any more once Deno has set its own. */
export type Inherited = "DEFAULT" | "IGNORE" | "unknown";

/** What the byte of a signal stands for. Rust's start-up ignores SIGPIPE, whatever was there. */
const ASKED = ["no", "DEFAULT", "IGNORE", "unknown", "ignored by the runtime"] as const;

/** As it was when any copy was first asked. */
function firstSeen(signal: number): typeof ASKED[number] {
  const at = signalRecord().data + CATCHER.INHERITED + signal;
  const byte = new Uint8Array(1);
  libc().get(byte, at, 1);
  const seen = byte[0] === 0 ? now(signal) : ASKED[byte[0]!]!;
  if (byte[0] === 0) libc().put(at, Uint8Array.of(ASKED.indexOf(seen)), 1);
  return seen;
}

function now(signal: number): typeof ASKED[number] {
  const handler = handlerOf(signal);
  if (handler > SIG_IGN) return "unknown";
  if (handler === SIG_IGN) return signal === SIGNAL.SIGPIPE ? "ignored by the runtime" : "IGNORE";
  return "DEFAULT";
}

/** What this program was started with, as far as that is known. */
export function inheritedOf(signal: number): Inherited {
  const seen = firstSeen(signal);
  return seen === "DEFAULT" || seen === "IGNORE" ? seen : "unknown";
}

/** Whether it was ignored before this library came, whoever wanted that. */
export function wasIgnored(signal: number): boolean {
  return ["IGNORE", "ignored by the runtime"].includes(firstSeen(signal));
}

/** The signals that the process was started to ignore, of those that were asked for. */
export function ignoredFromTheStart(): number[] {
  const record = existingRecord();
  if (record === undefined) return [];
  const bytes = new Uint8Array(65);
  libc().get(bytes, record.data + CATCHER.INHERITED, bytes.length);
  return [...bytes.keys()].filter((signal) => ASKED[bytes[signal]!] === "IGNORE");
}
