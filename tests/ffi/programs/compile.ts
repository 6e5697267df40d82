/** The C compiler of each architecture as a judge of what ffi/ says about C. */
import type { ARCHITECTURES } from "../../../ffi/abi/column.ts";
import { EMULATED, repository } from "../../support/mod.ts";

export type Architecture = typeof ARCHITECTURES[number];

/** The compiler that makes code for `architecture`. */
export function compiler(architecture: Architecture): string {
  return architecture === Deno.build.arch ? "gcc" : `${architecture}-linux-gnu-gcc`;
}

/** What a test that compiles for `architecture` needs. */
export function needs(architecture: Architecture): { needs: string[]; skip: string | false } {
  return {
    needs: [compiler(architecture)],
    // Inside the emulation "gcc" is the compiler of the machine outside.
    skip: EMULATED && "proves files that are the same outside the emulation, where it runs",
  };
}

async function run(architecture: Architecture, args: string[], source: string): Promise<[boolean, string]> {
  const options = {
    args: [...args, "-x", "c", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  } satisfies Deno.CommandOptions;
  await using child = new Deno.Command(compiler(architecture), options).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(source));
  await writer.close();
  const { success, stdout, stderr } = await output;
  return [success, new TextDecoder().decode(success ? stdout : stderr)];
}

/** The compiler's complaints about `source`, which sees every header; nothing if it has none. */
export async function complaints(architecture: Architecture, source: string): Promise<string> {
  const every = ["-include", repository("tests/ffi/programs/every_header.h")];
  const [success, text] = await run(architecture, ["-std=gnu11", "-Werror", "-fsyntax-only", ...every], source);
  return success ? "" : text;
}

/** Every macro that `header` defines, with its text. */
export async function macros(architecture: Architecture, header: string): Promise<Map<string, string>> {
  const [success, text] = await run(architecture, ["-dM", "-E"], `#include <${header}>\n`);
  if (!success) throw new Error(text);
  return new Map([...text.matchAll(/^#define (\w+) (.*)$/gm)].map(([, name, value]) => [name!, value!]));
}
