/** Programs in other languages that use the same objects. */
import { assertEquals } from "../support/mod.ts";

/** What a program prints; it has to end well and say nothing on its standard error. */
async function printed(program: string, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals([text(stderr), code], ["", 0]);
  return text(stdout);
}

/** What a Perl program prints. */
export function perl(script: string, ...args: (string | number)[]): Promise<string> {
  return printed("perl", ["-e", `use strict; use warnings; $| = 1; ${script}`, ...args.map(String)]);
}

/** What a program of the system's own Python prints; its arguments are in `a`. */
export function python(script: string, ...args: (string | number)[]): Promise<string> {
  return printed("/usr/bin/python3", ["-c", `import sys, sysv_ipc\na = sys.argv[1:]\n${script}`, ...args.map(String)]);
}
