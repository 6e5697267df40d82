/** A shared variable of a test: its key, its schema, and programs that use it. */
import { type Fields, list, map, type SharedState, struct, text } from "../../mod.ts";
import { type DenoOptions, denoSource } from "../support/mod.ts";
import { Subject } from "../signals/subject.ts";

/** A key for each test file, so that they can run at the same time. */
export const KEYS = { shared: 0x8d5a_0101, state: 0x8d5a_0102, copies: 0x8d5a_0103, kills: 0x8d5a_0104 } as const;

export const State = struct({
  count: "u32",
  total: "i64",
  names: list(text(8), 4),
  ages: map(text(8), "u8", 3),
});

const PRELUDE = `
  import { list, map, shared, sharedSync, struct, text } from "vasty/lib/sysv/mod.ts";
  const State = struct({
    count: "u32",
    total: "i64",
    names: list(text(8), 4),
    ages: map(text(8), "u8", 3),
  });
`;

/** A program with the schema, and libc alone. */
export function program(source: string): string {
  return PRELUDE + source;
}

/** Run such a program to its end: what it prints. */
export async function printed(source: string, options: DenoOptions = {}): Promise<string> {
  const { stdout, stderr, code, signal } = await denoSource(program(source), options);
  if (stderr !== "" || code !== 0) throw new Error(`${signal ?? code}: ${stderr}`);
  return stdout.trimEnd();
}

/** Start such a program, which says what it has come to. */
export function started(source: string): Promise<Subject> {
  return Subject.start(program(source));
}

/** Remove it at the end of the block, whatever happens. */
export function removing<F extends Fields>(state: SharedState<F>): Disposable {
  const done = () => {
    state.remove();
    state.close();
  };
  return { [Symbol.dispose]: done };
}
