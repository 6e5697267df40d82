/**
 * The rules of the house, each a function from the repository's files to what breaks it. They read syntax trees with
 * Deno's own parser, which is there in `deno test` only: tests/house_test.ts applies them.
 */

/** A file: its path in the repository and what is in it. */
export interface Source {
  path: string;
  text: string;
}

/** What the rules ask of a TypeScript file. */
export interface Facts {
  path: string;
  lines: number;
  /** What it imports, or exports from elsewhere; `undefined` if that is computed. Types alone are never loaded. */
  imports: { specifier: string | undefined; loaded: "first" | "later" | "never"; line: number }[];
  /** Every function, method and arrow. */
  functions: { line: number; lines: number }[];
  /** Where it names what only some files may. */
  foreign: { name: string; line: number }[];
}

/** What breaks a rule, each as "PATH:LINE: what". */
export type Rule = (files: readonly Facts[]) => string[];

const FOREIGN = /^(dlopen|nonblocking|Unsafe(Pointer|PointerView|Callback|FnPointer|WindowSurface))$/;
const LONGEST_FUNCTION = 40;
const LONGEST_FILE = 300;
const FORBIDDEN_NAME = /(^|_)(utils?|helpers?|common|misc)(_|\.|$)/;

// deno-lint-ignore no-explicit-any -- nodes of many kinds, of which two or three fields are read
type Node = any;

/** Read a TypeScript file. */
export function facts({ path, text }: Source): Facts {
  const found: Facts = { path, lines: lineAt(text, text.trimEnd().length), imports: [], functions: [], foreign: [] };
  const line = (node: Node) => lineAt(text, node.range[0]);
  const imported = (node: Node) => {
    const loaded = node.type === "ImportExpression" ? "later" : typesAlone(node) ? "never" : "first";
    if (node.source) found.imports.push({ specifier: node.source.value, loaded, line: line(node) });
  };
  const entered = (node: Node) =>
    found.functions.push({ line: line(node), lines: lineAt(text, node.range[1]) - line(node) + 1 });
  const named = (node: Node, name: unknown) =>
    typeof name === "string" && FOREIGN.test(name) && found.foreign.push({ name, line: line(node) });
  visit(path, text, {
    ImportDeclaration: imported,
    ExportAllDeclaration: imported,
    ExportNamedDeclaration: imported,
    ImportExpression: imported,
    FunctionDeclaration: entered,
    FunctionExpression: entered,
    ArrowFunctionExpression: entered,
    Identifier: (node) => named(node, node.name),
    Literal: (node) => named(node, node.value),
  });
  return found;
}

function typesAlone({ importKind, exportKind }: Node): boolean {
  return importKind === "type" || exportKind === "type";
}

function visit(path: string, text: string, visitor: Record<string, (node: Node) => unknown>): void {
  const create = () => visitor as Deno.lint.LintVisitor;
  Deno.lint.runPlugin({ name: "house", rules: { facts: { create } } }, path, text);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** What a module on each floor may reach; the ground floor is the last. */
const FLOORS = [/^mod\.ts$/, /^lib\/(?!core\/)/, /^lib\/core\//, /^ffi\/(?!abi\/)/, /^ffi\/abi\//];

function floor(path: string): number {
  return FLOORS.findIndex((pattern) => pattern.test(path));
}

/** The area that a file belongs to: "processes" of lib/processes/spawn.ts. */
function area(path: string): string | undefined {
  return /^lib\/([^/]+)\//.exec(path)?.[1];
}

/** The path in the repository that a relative import of `from` means. */
function resolve(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** The imports of one library file by another. */
function links(files: readonly Facts[]): { from: string; to: string; line: number }[] {
  return files.filter(({ path }) => floor(path) >= 0).flatMap(({ path: from, imports }) =>
    imports.filter(({ specifier }) => specifier?.startsWith(".")).map(({ specifier, line }) => ({
      from,
      to: resolve(from, specifier!),
      line,
    }))
  );
}

/** Imports go down: mod.ts, lib/<area>, lib/core, ffi, ffi/abi; from area to area through mod.ts. */
export const direction: Rule = (files) =>
  links(files).filter(({ from, to }) => !allowed(from, to)).map(({ from, to, line }) =>
    `${from}:${line}: must not import ${to}`
  );

function allowed(from: string, to: string): boolean {
  // It names all files, and takes nothing of them.
  if (from === "lib/graph.ts") return true;
  if (from === "mod.ts") return /^lib\/([^/]+\/mod|graph)\.ts$/.test(to);
  if (floor(to) < floor(from)) return false;
  const other = area(to) !== area(from) && floor(to) === 1;
  return !other || to.endsWith("/mod.ts");
}

/** No area needs itself through others. */
export const cycles: Rule = (files) => {
  const needs = new Map<string, Set<string>>();
  for (const { from, to } of links(files)) {
    const [user, used] = [area(from), area(to)];
    if (user && used && user !== used) needs.set(user, (needs.get(user) ?? new Set()).add(used));
  }
  const reaches = (start: string, goal: string, seen = new Set<string>()): boolean =>
    [...needs.get(start) ?? []].some((next) => next === goal || !seen.has(next) && reaches(next, goal, seen.add(next)));
  return [...needs.keys()].filter((name) => reaches(name, name)).map((name) => `lib/${name}: needs itself`);
};

/** What a URL import of mod.ts loads is there by URL: relative modules; Node's own cost milliseconds, so only when needed. */
export const specifiers: Rule = (files) =>
  files.filter(({ path }) => floor(path) >= 0).flatMap(({ path, imports }) =>
    imports.filter(({ specifier, loaded }) =>
      specifier === undefined || !/^(\.\.?\/|node:)/.test(specifier) ||
      (specifier.startsWith("node:") && loaded === "first")
    ).map(({ specifier, line }) => `${path}:${line}: must not import ${specifier ?? "what is computed"}`)
  );

/** lib/processes/spawn.ts has tests/processes/spawn_test.ts. */
export const tested: Rule = (files) => {
  const paths = new Set(files.map(({ path }) => path));
  return [...paths].filter((path) => path.startsWith("lib/") && !path.endsWith("/mod.ts"))
    .map((path) => [path, path.replace(/^lib\//, "tests/").replace(/\.ts$/, "_test.ts")] as const)
    .filter(([, test]) => !paths.has(test)).map(([path, test]) => `${path}: has no ${test}`);
};

/** Functions of at most 40 lines, files of at most 300; tables are as long as they are. */
export const lengths: Rule = (files) =>
  files.filter(({ path }) => !path.startsWith("ffi/abi/")).flatMap(({ path, lines, functions }) => [
    ...functions.filter(({ lines }) => lines > LONGEST_FUNCTION).map(({ line, lines }) =>
      `${path}:${line}: a function of ${lines} lines`
    ),
    ...lines > LONGEST_FILE ? [`${path}: ${lines} lines`] : [],
  ]);

/** Who may use what other files may not: one opens libc and asks for a thread of Deno's, one makes views of memory. */
const MAY: Record<string, RegExp> = {
  "ffi/libc.ts": /^(dlopen|nonblocking)$/,
  "ffi/view.ts": /^Unsafe(Pointer|PointerView)$/,
};

/** Only the files that are named for it reach behind Deno's back; tests and benchmarks may compare. */
export const foreign: Rule = (files) =>
  files.filter(({ path }) => !/^(tests|bench)\//.test(path)).flatMap(({ path, foreign }) =>
    foreign.filter(({ name }) => !MAY[path]?.test(name)).map(({ name, line }) =>
      `${path}:${line}: must not use ${name}`
    )
  );

/** Names are snake_case and say what is in the file. */
export const names: Rule = (files) =>
  files.filter(({ path }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return !/^[a-z0-9_]+(\.d)?\.ts$/.test(name) || FORBIDDEN_NAME.test(name);
  }).map(({ path }) => `${path}: is no name for a file`);

/** Put together from pieces, so that this file does not hold what it looks for. */
const TRACES: Record<string, RegExp> = {
  "the host of a registry": new RegExp(`\\b(regis${"try"}|arti${"factory"}|nex${"us"}|verda${"ccio"})\\.[a-z]`, "i"),
  "the host of packages": new RegExp(`\\b(js${"r"}\\.io|np${"m"}js\\.com)\\b`, "i"),
  "the path of a machine": new RegExp(`(?<![\\w./*-])/(root|wo${"rk"}|ho${"me"}/[a-z]\\w*|Us${"ers"}/\\w+)/`),
};

/** The text of no file tells where it was made. */
export function traces(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) =>
      Object.entries(TRACES).filter(([, pattern]) => pattern.test(line)).map(([what]) =>
        `${path}:${index + 1}: names ${what}`
      )
    )
  );
}
