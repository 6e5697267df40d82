/** Lists the examples by area: name, arguments and what each does, from its own doc comment. */

const EXAMPLES = new URL("../examples/", import.meta.url);

/** The path of a file URL. */
export function folderOf(url: URL): string {
  return decodeURIComponent(url.pathname);
}

/** Whether a file is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound;
}

/** The names of all examples, such as "pipes/status", sorted: each `examples/AREA/NAME.ts`. */
export function exampleNames(): string[] {
  const areas = [...Deno.readDirSync(EXAMPLES)].filter((entry) => entry.isDirectory).map(({ name }) => name);
  const files = (area: string) => [...Deno.readDirSync(new URL(`${area}/`, EXAMPLES))].map(({ name }) => name);
  return areas.flatMap((area) =>
    files(area).filter((file) => /^[a-z]\w*\.ts$/.test(file)).map((file) => `${area}/${file.slice(0, -3)}`)
  ).sort();
}

/** What an example says of itself. */
export interface Description {
  /** Its arguments, such as "[CMD...]"; empty if it takes none. */
  usage: string;
  /** What it does, in a sentence. */
  does: string;
}

/**
 * The doc comment at the head of an example. Its first line begins with the name and the arguments in backquotes, then a
 * colon and what it does, up to the first full stop at the end of a line or before a space.
 */
export function describe(name: string, source: string): Description {
  const [, comment = ""] = /^\/\/ permissions:.*\n\/\*\*([\s\S]*?)\*\//.exec(source) ?? [];
  const text = comment.replaceAll(/\s*\n\s*\*(?= |\n|$)/g, " ").replaceAll(/\s+/g, " ").trim();
  const [, word, usage, does] = /^`(\S+)([^`]*)`: (.*?\.)(?: |$)/.exec(text) ?? [];
  if (word !== name.replace(/.*\//, "")) throw new Error(`examples/${name}.ts does not begin with \`NAME ARGS\`: ...`);
  return { usage: usage!.trim(), does: does! };
}

/** The list, one line an example, under a heading for each area. */
export function listing(): string {
  const entries = exampleNames().map((name) => {
    const { usage, does } = describe(name, Deno.readTextFileSync(new URL(`${name}.ts`, EXAMPLES)));
    return { area: name.replace(/\/.*/, ""), call: `${name} ${usage}`.trim(), does };
  });
  const width = Math.max(...entries.map(({ call }) => call.length));
  const areas = [...new Set(entries.map(({ area }) => area))];
  return areas.map((area) =>
    [
      `${area}:`,
      ...entries.filter((entry) => entry.area === area).map(({ call, does }) => `  ${call.padEnd(width)}  ${does}`),
    ].join("\n")
  ).join("\n\n");
}

if (import.meta.main) console.log(`${listing()}\n\nRun one: deno task example NAME [ARGS]`);
