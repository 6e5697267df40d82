/** What Perl's Socket and Python's socket make of the same names. */
import { assertEquals } from "../support/mod.ts";

/** What a program prints of what it reads; it has to end well and say nothing on its standard error. */
async function answer(command: string[], input: string): Promise<string> {
  const [program, ...args] = command;
  const child = new Deno.Command(program!, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await output;
  assertEquals([new TextDecoder().decode(stderr), code], ["", 0]);
  return new TextDecoder().decode(stdout);
}

/** What a Perl program makes of each of `lines`, which are in `$_`. */
export async function perl(script: string, lines: readonly string[]): Promise<string[]> {
  const loop = `use strict; use warnings; use Socket qw(:DEFAULT inet_pton inet_ntop pack_sockaddr_in6 getnameinfo);
    $| = 1; while (<STDIN>) { chomp; ${script}; print "\\n" }`;
  const text = await answer(["perl", "-e", loop], lines.map((line) => `${line}\n`).join(""));
  return text.split("\n").slice(0, -1);
}

/** What a Python expression makes of each of `lines`, which are in `x`. */
export async function python(expression: string, lines: readonly string[]): Promise<string[]> {
  const loop = `import sys, socket\nfor x in sys.stdin.read().split("\\n")[:-1]:\n  try: print(${expression})
  except OSError: print("none")`;
  const text = await answer(["/usr/bin/python3", "-c", loop], lines.map((line) => `${line}\n`).join(""));
  return text.split("\n").slice(0, -1);
}

/** Bytes as hexadecimal digits, "none" for undefined. */
export function hex(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "none" : [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The same numbers below `limit` in every run. */
export function numbersFrom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}
