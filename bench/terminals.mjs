/** The Node of bench/terminals.ts, with node-pty in the folder that is named: see terminals.c. */
import { createRequire } from "node:module";
import process from "node:process";
import { createInterface } from "node:readline";

const { spawn } = createRequire(`${process.argv[2]}/`)("@lydell/node-pty");

/** A program with a terminal, and how to wait until `is` says so of what has come. */
async function start(script) {
  const child = spawn("sh", ["-c", `stty raw -echo; echo READY; ${script}`], { encoding: null });
  const until = (is) =>
    new Promise((resolve) => {
      const listener = child.onData((bytes) => {
        if (!is(bytes)) return;
        listener.dispose();
        resolve();
      });
    });
  await until((bytes) => bytes.includes("READY\n"));
  return { child, until };
}

async function trip(count) {
  const { child, until } = await cat;
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    const answer = until((bytes) => bytes.includes(10));
    child.write("how are you?\n");
    await answer;
  }
  return 1e6 * (performance.now() - begin) / count;
}

async function pour(mebibytes) {
  let left = mebibytes * 2 ** 20;
  const { child, until } = await start(`read x; head -c ${left} /dev/zero | cat; echo END; read x`);
  left += 4;
  const begin = performance.now();
  const end = until((bytes) => (left -= bytes.length) <= 0);
  child.write("go\n");
  await end;
  const took = performance.now() - begin;
  child.kill("SIGKILL");
  return 1e6 * took;
}

const cat = start("exec cat");
for await (const line of createInterface(process.stdin)) {
  const [what, , count] = line.split(" ");
  console.log(Math.round(await (what === "pour" ? pour : trip)(Number(count))));
}
process.exit();
