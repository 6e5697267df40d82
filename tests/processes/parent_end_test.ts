import { assert, assertEquals, denoSource, EMULATED, sample, test } from "../support/mod.ts";
import { runs } from "./programs/reports.ts";

/** How a program ends, with which option, and whether its child ends with it. */
const ENDS: [how: string, options: string, source: string, gone: boolean][] = [
  ["by itself", 'onParentEnd: "TERM"', "", true],
  ["by Deno.exit()", 'onParentEnd: "SIGKILL"', "Deno.exit(0);", true],
  ["by itself", 'onParentEnd: "TERM", tree: true', "", true],
  ["by itself", 'onParentEnd: "leave"', "", false],
  ["by itself", "", "", false],
  [
    "by itself, after the child was let go of by another",
    'onParentEnd: "TERM"',
    "other.kill(); await other.status;",
    true,
  ],
];

/** Ends without another line of ours running: what the program does last. */
const SUDDEN: Record<string, string> = {
  "by an uncaught error": 'throw new Error("uncaught");',
  "by kill -9": 'Deno.kill(Deno.pid, "SIGKILL"); await new Promise(() => setTimeout(() => {}, 60_000));',
};

for (const [how, source] of Object.entries(SUDDEN)) {
  test(`spawn({ onParentEnd }) in a program that ends ${how}: the kernel tells its child`, async () => {
    const { stdout } = await denoSource(
      `
        import { spawn } from "vasty/mod.ts";
        const options = { stdin: "null", stdout: "null", stderr: "null", onParentEnd: "TERM" };
        console.log(spawn(["sleep", "60"], options).pid);
        ${source}
      `,
      { flags: ["--allow-run"] },
    );
    while (runs(Number(stdout))) await new Promise((resolve) => setTimeout(resolve, 1));
  }, { skip: EMULATED && "the emulator would have to be the parent" });
}

for (const [how, options, source, gone] of ENDS) {
  test(`spawn({ ${options} }) in a program that ends ${how}: its child ${gone ? "ends too" : "lives on"}`, async () => {
    const { stdout, stderr, code } = await denoSource(
      `
        import { spawn } from "vasty/mod.ts";
        const options = { stdin: "null", stdout: "null", stderr: "null", ${options} };
        const child = spawn(["sleep", "60"], options);
        const other = spawn(["sleep", "60"], options);
        for (const one of [child, other]) one.unref();
        console.log(child.pid, other.pid);
        ${source}
      `,
      { flags: ["--allow-run"] },
    );
    assertEquals([stderr, code], ["", 0]);
    const pids = stdout.trim().split(" ").map(Number);
    // A signal that was sent takes its effect a moment later.
    while (gone && pids.some(runs)) await new Promise((resolve) => setTimeout(resolve, 1));
    assertEquals(pids.map(runs), pids.map(() => !gone));
    for (const pid of pids) if (!gone) Deno.kill(pid, "SIGKILL");
  }, { skip: sample(options === 'onParentEnd: "TERM"' && source === "") });
}

test(
  "spawn({ onParentEnd }) in a Web Worker ends the child with the worker's Deno.exit(), not with its close()",
  async () => {
    const source = `
    import { spawn } from "vasty/mod.ts";
    if ("WorkerGlobalScope" in globalThis) {
      const options = { stdin: "null", stdout: "null", stderr: "null", onParentEnd: "TERM" };
      const child = spawn(["sleep", "60"], options);
      child.unref();
      postMessage(child.pid);
      onmessage = ({ data }) => data === "exit" ? Deno.exit() : close();
    } else {
      for (const end of ["exit", "close"]) {
        const worker = new Worker(import.meta.url, { type: "module" });
        console.log(await new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data)));
        worker.postMessage(end);
      }
    }`;
    const { stdout } = await denoSource(source, { flags: ["--allow-run", "--allow-read"] });
    const [gone, left] = stdout.trim().split("\n").map(Number);
    while (runs(gone!)) await new Promise((resolve) => setTimeout(resolve, 1));
    assert(runs(left!));
    Deno.kill(left!, "SIGKILL");
  },
  { skip: sample(false) },
);

test("spawn() refuses an onParentEnd that is no signal, before it starts anything", async () => {
  const { stdout } = await denoSource(
    `
      import { spawn } from "vasty/mod.ts";
      try {
        spawn(["echo", "started"], { onParentEnd: "NOPE" });
      } catch (error) {
        console.log(error.name, error.message);
      }
    `,
    { flags: ["--allow-run"] },
  );
  assertEquals(stdout, 'TypeError There is no signal "NOPE"\n');
});
