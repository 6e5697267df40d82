/** stty(1)'s words that stand for several settings. */
import { CHARACTER_NAMES } from "./control_characters.ts";
import { modeNames } from "./mode_names.ts";

/** Words that stand for others; with "-" before them for those of the second column, if there is one. */
const COMBINATIONS: Readonly<Record<string, readonly [set: string, reversed?: string]>> = {
  cbreak: ["-icanon", "icanon"],
  cooked: ["brkint ignpar istrip icrnl ixon opost isig icanon", "raw"],
  crt: ["echoe echoctl echoke"],
  dec: ["intr ^c erase 0177 kill ^u echoe echoctl echoke -ixany"],
  decctlq: ["-ixany", "ixany"],
  ek: ["erase ^? kill ^u"],
  evenp: ["parenb -parodd cs7", "-parenb cs8"],
  lcase: ["xcase iuclc olcuc", "-xcase -iuclc -olcuc"],
  LCASE: ["lcase", "-lcase"],
  litout: ["-parenb -istrip -opost cs8", "parenb istrip opost cs7"],
  nl: ["-icrnl -onlcr", "icrnl -inlcr -igncr onlcr -ocrnl -onlret"],
  oddp: ["parenb parodd cs7", "-parenb cs8"],
  parity: ["evenp", "-evenp"],
  pass8: ["-parenb -istrip cs8", "parenb istrip cs7"],
  raw: [
    "-ignbrk -brkint -ignpar -parmrk -inpck -istrip -inlcr -igncr -icrnl -ixon -ixoff -iuclc -ixany -imaxbel -iutf8" +
    " -opost -isig -icanon -xcase min 1 time 0",
    "cooked",
  ],
  tabs: ["tab0", "tab3"],
};

/** The words that `word` stands for, if it stands for any. */
export function combination(word: string): readonly string[] | undefined {
  if (word === "sane") return sane();
  const reversed = word.startsWith("-");
  const name = reversed ? word.slice(1) : word;
  const text = Object.hasOwn(COMBINATIONS, name) ? COMBINATIONS[name]![reversed ? 1 : 0] : undefined;
  return text?.split(" ");
}

function sane(): readonly string[] {
  const characters = CHARACTER_NAMES.flatMap(({ word, sane }) => [word, `0x${sane.toString(16)}`]);
  const modes = modeNames().filter(({ sane, reversible }) => sane !== undefined && (sane || reversible));
  return ["min", "1", "time", "0", ...characters, ...modes.map(({ word, sane }) => sane ? word : `-${word}`)];
}
