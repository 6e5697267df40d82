/** Run by pipeline.ts: `pipeline_program.ts NAME BYTES` prints the milliseconds that three stages take for so many bytes. */
const [name, bytes] = [Deno.args[0]!, Deno.args[1]!];
const stages = [["head", "-c", bytes, "/dev/zero"], ["/bin/cat"], ["wc", "-c"]];
const [first, second, third] = stages as [string[], string[], string[]];

/** Not to be fetched by a check of this file, nor locked: only those who measure need them. */
const PEERS: Record<string, string> = { dax: "npm:dax@0.49.0", execa: "npm:execa@10.2.1" };

/** What each has loaded before the clock starts: the text that the last stage writes. */
const PROGRAMS: Record<string, () => Promise<() => Promise<string>>> = {
  vasty: async () => {
    const { pipeline } = await import("../lib/processes/mod.ts");
    return async () => (await pipeline(stages).output()).stdout;
  },
  sh: () => {
    const script = stages.map((words) => words.join(" ")).join(" | ");
    const command = new Deno.Command("sh", { args: ["-c", script], stdin: "null" });
    return Promise.resolve(async () => new TextDecoder().decode((await command.output()).stdout));
  },
  dax: async () => {
    const { default: $ } = await import(PEERS.dax!);
    // A path keeps dax from using a cat of its own making.
    return async () => await $`head -c ${bytes} /dev/zero | /bin/cat | wc -c`.text();
  },
  execa: async () => {
    const { execa } = await import(PEERS.execa!);
    const run = ([program, ...args]: string[]) => execa(program!, args, { buffer: true });
    // Only the last stage's output is kept: the first two are passed on and nothing else.
    const quiet = ([program, ...args]: string[]) => execa(program!, args, { buffer: false });
    return async () => `${(await quiet(first).pipe(quiet(second)).pipe(run(third))).stdout}`;
  },
};

const carry = await PROGRAMS[name]!();
const start = performance.now();
const text = await carry();
const took = performance.now() - start;
if (text.trim() !== bytes) throw new Error(`${name}: ${JSON.stringify(text)} instead of ${bytes} bytes`);
console.log(took.toFixed(3));
