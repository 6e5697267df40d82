import { ARCHITECTURES } from "../../ffi/abi/column.ts";
import { ERRNO, ERRNO_NAMES } from "../../ffi/abi/errno.ts";
import { assertEquals, repository, test } from "../support/mod.ts";
import { complaints, macros, needs } from "./programs/compile.ts";

type Table = Record<string, readonly number[]>;

/** What is not a table with a column for each architecture, and the C that it must equal, or who proves it otherwise. */
const SINGLE: Record<string, { c: string } | { why: string }> = {
  SIGSET_SIZE: { c: "sizeof(sigset_t)" },
  ARCHITECTURES: { why: "the names of the columns" },
  ERRNO_NAMES: { why: "compared with <errno.h> below" },
  ERRNO: { why: "compared with ERRNO_NAMES below" },
  CATCHER: { why: "the adaptors' own: every signal of catcher_test.ts goes through it" },
  SUBSCRIBER: { why: "the adaptors' own: every signal of catcher_test.ts goes through it" },
  RING: { why: "the adaptors' own: every signal of catcher_test.ts goes through it" },
  PROGRAM: { why: "the adaptors' own: every child of execute_test.ts is one" },
  STEP: { why: "the adaptors' own: every child of execute_test.ts takes some" },
  FRAME: { why: "the adaptors' own: every call of bind_test.ts and workers_test.ts goes through it" },
  EXIT: { why: "the adaptors' own: every Web Worker of web_worker_test.ts ends by it" },
  CONTROL: { why: "the adaptors' own: every worker of workers_test.ts reads it" },
};

/** Every export of ffi/abi/ that is data, by module. */
async function tables(): Promise<[file: string, name: string, value: unknown][]> {
  const found: [string, string, unknown][] = [];
  for (const { name: file } of Deno.readDirSync(repository("ffi/abi"))) {
    const module: Record<string, unknown> = await import(`../../ffi/abi/${file}`);
    for (const [name, value] of Object.entries(module)) {
      if (typeof value !== "function") found.push([file, name, value]);
    }
  }
  return found;
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every(Array.isArray);
}

/** The C expression that the row `key` of the table `name` speaks of. */
function expression(name: string, key: string): string | undefined {
  const struct = /^struct_(\w+)$/.exec(name)?.[1];
  if (struct !== undefined) return key === "sizeof" ? `sizeof(struct ${struct})` : `offsetof(struct ${struct}, ${key})`;
  const type = /^typedef_(\w+)$/.exec(name)?.[1];
  if (type !== undefined) return key === "sizeof" ? `sizeof(${type})` : `offsetof(${type}, ${key})`;
  if (name.endsWith("_types")) return `sizeof(${key})`;
  return name.endsWith("_h") ? key : undefined;
}

/** One assertion for every row, and for every number that is the same everywhere. */
function assertions(name: string, value: unknown, index: number): string[] {
  const single = SINGLE[name];
  const claims: [c: string | undefined, number: unknown][] = isTable(value)
    ? Object.entries(value).map(([key, row]) => [expression(name, key), row[index]])
    : single !== undefined && "c" in single
    ? [[single.c, value]]
    : [];
  return claims.map(([c, number]) => `_Static_assert(${c} == ${number}, "${name}: ${c} is not ${number}");`);
}

/** Whether `value` is one architecture's column of some table of the same file. */
function isColumn(value: unknown, all: readonly unknown[]): boolean {
  const index = ARCHITECTURES.indexOf(Deno.build.arch);
  const columns = all.filter(isTable).map((table) => Object.entries(table).map(([key, row]) => [key, row[index]]));
  return columns.some((column) => JSON.stringify(column) === JSON.stringify(Object.entries(value as object)));
}

test("ffi/abi has no table that nothing proves", async () => {
  const found = await tables();
  const unproven = found.filter(([file, name, value]) => {
    if (name in SINGLE) return false;
    if (!isTable(value)) return !isColumn(value, found.filter(([other]) => other === file).map(([, , value]) => value));
    return Object.entries(value).some(([key, row]) =>
      expression(name, key) === undefined || row.length !== ARCHITECTURES.length
    );
  });
  assertEquals(unproven.map(([file, name]) => `${file}: ${name}`), []);
});

ARCHITECTURES.forEach((architecture, index) => {
  test(`ffi/abi says what the headers of ${architecture} say`, async () => {
    const claims = (await tables()).flatMap(([, name, value]) => assertions(name, value, index));
    assertEquals(claims.length > 100, true);
    assertEquals(await complaints(architecture, claims.join("\n")), "");
  }, needs(architecture));

  test(`ERRNO_NAMES has every error of <errno.h> of ${architecture}, and no other`, async () => {
    const numbers = [...await macros(architecture, "errno.h")].filter(([name, value]) =>
      /^E[A-Z0-9]+$/.test(name) && +value > 0
    );
    const theirs = numbers.map(([name, value]): [number, string] => [Number(value), name]).sort(([a], [b]) => a - b);
    const ours = ERRNO_NAMES.map((name, i): [number, string] => [i + 1, name]).filter(([, name]) => name !== "-");
    assertEquals(ours, theirs);
  }, needs(architecture));
});

test("ERRNO agrees with ERRNO_NAMES", () => {
  for (const [name, number] of Object.entries(ERRNO)) assertEquals(ERRNO_NAMES[number - 1], name);
});

test("the probe notices a wrong number", async () => {
  const wrong = assertions("fcntl_h", { O_APPEND: [0o2001, 0o2001] }, 0);
  assertEquals(/O_APPEND is not 1025/.test(await complaints("x86_64", wrong.join("\n"))), true);
}, needs("x86_64"));
