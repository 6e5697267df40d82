/** The modes by their names: POSIX's, and stty(1)'s in the order in which it shows them. */
import { CONTROL_MODE, INPUT_MODE, LOCAL_MODE, OUTPUT_MODE } from "../../ffi/abi/termios.ts";
import type { ModeWord } from "./terminal_mode.ts";

/** Something that stty(1) has a word for. */
export interface ModeName {
  readonly word: string;
  readonly group: ModeWord;
  /** What takes the place of the bits in `mask`. */
  readonly bits: number;
  readonly mask: number;
  /** Whether the word with "-" takes it back. */
  readonly reversible: boolean;
  /** Whether it is set in a terminal that is set sanely; nothing if that says nothing of it. */
  readonly sane: boolean | undefined;
  /** Whether it is another word for one that is shown. */
  readonly hidden: boolean;
}

/** A line of the tables below: `+` is set sanely, `-` is not; `!` cannot be taken back; `(` is not shown. */
function modes(group: ModeWord, all: Readonly<Record<string, number>>, text: string): ModeName[] {
  return text.trim().split(/\s+/).map((entry) => {
    const [, marks, word, name = word!.toUpperCase(), mask] = /^([-+!(]*)(\w+)(?:=(\w+))?(?:\/(\w+))?$/.exec(entry)!;
    return {
      word: word!,
      group,
      bits: all[name] ?? 0,
      mask: mask === undefined ? 0 : all[mask]!,
      reversible: !marks!.includes("!"),
      sane: marks!.includes("+") ? true : marks!.includes("-") ? false : undefined,
      hidden: marks!.includes("("),
    };
  });
}

const CONTROL = `parenb parodd cmspar !cs5/CSIZE !cs6/CSIZE !cs7/CSIZE !cs8/CSIZE hupcl (hup=HUPCL cstopb +cread clocal
  crtscts`;
const INPUT = `-ignbrk +brkint ignpar parmrk inpck istrip -inlcr -igncr +icrnl ixon -ixoff -(tandem=IXOFF -iuclc -ixany
  +imaxbel -iutf8`;
const OUTPUT = `+opost -olcuc -ocrnl +onlcr -onocr -onlret -ofill -ofdel -!nl1/NLDLY +!nl0/NLDLY -!cr3/CRDLY -!cr2/CRDLY
  -!cr1/CRDLY +!cr0/CRDLY -!tab3/TABDLY -!tab2/TABDLY -!tab1/TABDLY +!tab0/TABDLY -!bs1/BSDLY +!bs0/BSDLY -!vt1/VTDLY
  +!vt0/VTDLY -!ff1/FFDLY +!ff0/FFDLY`;
const LOCAL = `+isig +icanon +iexten +echo +echoe +(crterase=ECHOE +echok -echonl -noflsh -xcase -tostop -echoprt
  -(prterase=ECHOPRT +echoctl +(ctlecho=ECHOCTL +echoke +(crtkill=ECHOKE -flusho -extproc`;

let all: readonly ModeName[] | undefined;
let byWord: ReadonlyMap<string, ModeName> | undefined;

/** All of them. The table is made when it is asked for: most programs never do. */
export function modeNames(): readonly ModeName[] {
  return all ??= [
    ...modes("control", CONTROL_MODE, CONTROL),
    ...modes("input", INPUT_MODE, INPUT),
    ...modes("output", OUTPUT_MODE, OUTPUT),
    ...modes("local", LOCAL_MODE, LOCAL),
  ];
}

/** The one that stty(1) calls so. */
export function modeNamed(word: string): ModeName | undefined {
  return (byWord ??= new Map(modeNames().map((mode) => [mode.word, mode]))).get(word);
}
