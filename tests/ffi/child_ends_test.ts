import { assertEquals, denoSource, repository, sample, test } from "../support/mod.ts";

/** What the programs below begin with: `run` of a child, often enough that the loop has its own thread. */
const PRELUDE = `
  import { isCaught } from "vasty/ffi/catcher.ts";
  import { loop } from "vasty/ffi/loop.ts";
  import { sigaction } from "vasty/ffi/signal.ts";
  import { run, spawn } from "vasty/mod.ts";
  const SIGCHLD = 17;
  const exits = (code) => run(["sh", "-c", "exit " + code], { check: false });
  async function expect(code) {
    const status = await exits(code);
    if (status.code !== code) throw new Error("exit " + status.code + " instead of " + code);
  }
`;

interface Case {
  /** How the ends of children are seen. */
  seen: string;
  source: string;
  emulated?: boolean;
}

const CASES: Case[] = [
  {
    seen: "by the reactor before the loop has a thread of its own",
    source: `await expect(3); if (isCaught(SIGCHLD)) throw new Error("caught too early");`,
    emulated: true,
  },
  {
    seen: "by SIGCHLD afterwards, many at once too",
    source: `
      await loop().promote();
      if (!isCaught(SIGCHLD)) throw new Error("not caught");
      await Promise.all(Array.from({ length: 100 }, (_, i) => expect(i)));`,
    emulated: true,
  },
  {
    seen: "by SIGCHLD, which for itself interrupts no call that blocks the thread, as a handler does",
    source: `
      const { isInterruptible } = await import("vasty/ffi/interruption.ts");
      const { runSync, sigaction } = await import("vasty/mod.ts");
      await loop().promote();
      const child = spawn(["sleep", "0.05"]);
      if (isInterruptible()) throw new Error("interruptible");
      if (runSync(["sleep", "0.1"]).code !== 0 || (await child.status).code !== 0) throw new Error("not seen");
      sigaction("USR1", () => {
        throw new Error("handled");
      });
      try {
        runSync(["sh", "-c", "kill -USR1 $PPID; exec sleep 60"], { timeout: 10_000 });
      } catch (error) {
        if (error.message !== "handled") throw error;
      }
      await expect(5);`,
    emulated: true,
  },
  {
    seen: "that come between the reactor and SIGCHLD",
    source: `
      const early = Array.from({ length: 20 }, (_, i) => expect(i));
      await loop().promote();
      await Promise.all(early);`,
  },
  {
    seen: "beside a listener of Deno's that was there before, which hears of each",
    source: `
      let heard = 0;
      const listener = () => heard++;
      Deno.addSignalListener("SIGCHLD", listener);
      await loop().promote();
      await expect(4);
      while (heard === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      Deno.removeSignalListener("SIGCHLD", listener);`,
  },
  {
    seen: "beside a listener of Deno's that comes while a child runs",
    source: `
      await loop().promote();
      const child = spawn(["sleep", "60"]);
      let heard = 0;
      const listener = () => heard++;
      Deno.addSignalListener("SIGCHLD", listener);
      child.kill();
      if ((await child.status).signal !== "SIGTERM") throw new Error("lost");
      await expect(5);
      while (heard === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      Deno.removeSignalListener("SIGCHLD", listener);`,
  },
  {
    seen: "by the reactor again once somebody has taken the signal away",
    source: `
      await loop().promote();
      sigaction(SIGCHLD, new DataView(new ArrayBuffer(152)), null);
      await expect(6);
      await expect(7);`,
  },
  {
    seen: "where SIGCHLD is ignored, which it stays",
    source: `
      const ignore = new DataView(new ArrayBuffer(152));
      ignore.setBigInt64(0, 1n, true);
      sigaction(SIGCHLD, ignore, null);
      await loop().promote();
      if (isCaught(SIGCHLD)) throw new Error("caught");
      const { raw } = await exits(0);
      if (raw !== -1 && raw !== 0) throw new Error("status " + raw);`,
  },
  {
    seen: "beside Deno.Command, whose children stay its own",
    source: `
      await loop().promote();
      await Promise.all(Array.from({ length: 50 }, async (_, i) => {
        const theirs = new Deno.Command("sh", { args: ["-c", "exit " + i] }).output();
        await expect(i);
        if ((await theirs).code !== i) throw new Error("stolen");
      }));`,
  },
];

for (const { seen, source, emulated } of CASES) {
  test(`ends of children are seen ${seen}`, async () => {
    const result = await denoSource(PRELUDE + source + "\nconsole.log('all seen');", { flags: ["--allow-run"] });
    assertEquals([result.stderr, result.stdout, result.code], ["", "all seen\n", 0]);
  }, { skip: sample(emulated ?? false) });
}

test("ends of children are seen by two copies of the library in one process", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // The same files by another URL are other modules.
    await Deno.symlink(repository("."), `${folder}/copy`);
    const source = `
      import * as copy from "file://${folder}/copy/mod.ts";
      if (copy.run === run) throw new Error("one copy");
      await Promise.all(Array.from({ length: 150 }, async (_, i) => {
        const status = await (i % 2 ? run : copy.run)(["sh", "-c", "exit " + i], { check: false });
        if (status.code !== i) throw new Error("exit " + status.code);
      }));
      console.log("all seen");`;
    const result = await denoSource(PRELUDE + source, { flags: ["--allow-run"] });
    assertEquals([result.stderr, result.stdout, result.code], ["", "all seen\n", 0]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { skip: sample(false) });
