/** Signals by name and by number. */
import { SIGNAL } from "../../ffi/abi/signal.ts";
import { libcSigrtmax, libcSigrtmin } from "../../ffi/signal.ts";

/** A signal's name as Deno writes it, or Perl's short form of it: `"SIGTERM"` or `"TERM"`, `"SIGRTMIN+3"`. */
export type SignalName = string;

/** Other names of the same signals. */
const SYNONYMS: Record<string, string> = { SIGCLD: "SIGCHLD", SIGPOLL: "SIGIO", SIGIOT: "SIGABRT" };

const NUMBERS: Record<string, number | undefined> = SIGNAL;

/** The number of a signal. @throws {TypeError} if there is none of this name or number. */
export function numberOfSignal(signal: SignalName | number): number {
  const number = typeof signal === "number" ? signal : fromName(signal);
  if (number === undefined || !Number.isInteger(number) || number < 0 || number > libcSigrtmax()) {
    throw new TypeError(`There is no signal ${JSON.stringify(signal)}`);
  }
  return number;
}

function fromName(signal: string): number | undefined {
  const name = signal.startsWith("SIG") ? signal : `SIG${signal}`;
  return NUMBERS[SYNONYMS[name] ?? name] ?? realTime(name);
}

/** `SIGRTMIN`, `SIGRTMIN+3`, `SIGRTMAX-1`: libc keeps the first ones for itself, so it is asked. */
function realTime(name: string): number | undefined {
  const match = /^SIGRT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (match === null) return undefined;
  const offset = match[2] === undefined ? 0 : Number(match[2] + match[3]);
  const number = (match[1] === "MIN" ? libcSigrtmin() : libcSigrtmax()) + offset;
  return number >= libcSigrtmin() && number <= libcSigrtmax() ? number : undefined;
}

/** The name of a signal: `"SIGTERM"` of 15; the number itself in words where there is none. */
export function nameOfSignal(number: number): string {
  const name = Object.keys(NUMBERS).find((name) => NUMBERS[name] === number);
  if (name !== undefined) return name;
  const offset = number - libcSigrtmin();
  return offset >= 0 && number <= libcSigrtmax() ? `SIGRTMIN${offset === 0 ? "" : `+${offset}`}` : `signal ${number}`;
}
