import { EMULATED, sample, test } from "../support/mod.ts";
import { says } from "../signals/subject.ts";

/** What a program does while an interval timer goes off: no EINTR comes out, nothing is lost, no time is cut or stretched. */
const WORK: [name: string, source: string][] = [
  ["capture", `(await capture(["sh", "-c", "sleep 0.3; head -c 300000 /dev/zero"], { encoding: null })).stdout.length`],
  ["captureSync", `captureSync(["sh", "-c", "sleep 0.3; head -c 300000 /dev/zero | tr '\\\\\\\\0' x"]).stdout.length`],
  [
    "captureSync with input",
    `captureSync(["sh", "-c", "sleep 0.3; cat"], { input: "x".repeat(300_000) }).stdout.length`,
  ],
  ["run", `(await run(["sh", "-c", "sleep 0.3; exit 7"], { check: false })).code`],
  ["runSync", `runSync(["sh", "-c", "sleep 0.3; exit 7"], { check: false }).code`],
  ["spawn with a timeout", `(await spawn(["sleep", "60"], { timeout: 300 }).status.catch((error) => error)).name`],
  ["lines", `(await Array.fromAsync(lines(["sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.1; done"]))).join("")`],
  ["sleepSync", "sleepSync(300) ?? 0"],
  [
    "waitSignalSync",
    `(() => { try { waitSignalSync(["USR2"], { timeout: 300 }); } catch (error) { return error.name; } })()`,
  ],
  ["waitSignal", `await waitSignal(["USR2"], { timeout: 300 }).catch((error) => error.name)`],
  ["semtimedop on a worker", `await offload(semtimedop, [SEMAPHORE, memory.address, 1, memory.address + 64]).result`],
  [
    "semop on a worker",
    `(setTimeout(() => semctl(SEMAPHORE, 0, 16, 1), 300), await offload(semop, [SEMAPHORE, memory.address, 1]).result)`,
  ],
  [
    "msgrcv on a worker",
    `(setTimeout(() => msgsnd(QUEUE, new BigInt64Array([1n, 77n]), 8, 0), 300),
    [await offload(msgrcv, [QUEUE, memory.address + 128, 8, 0, 0]).result, memory.get(new Int32Array(1), 136)[0]].join())`,
  ],
  [
    "accept on a worker",
    `(setTimeout(() => Deno.connect({ hostname: "127.0.0.1", port }).then((client) => client.close()), 300),
    await offload(accept, [listener, 0, 0]).result > 2)`,
  ],
  ["flock on a worker", `(setTimeout(() => holder.unlockSync(), 300), await offload(flockCall, [waiter, 2]).result)`],
];

/** What each comes to. */
const RESULTS: Record<string, string> = {
  "capture": "300000",
  "captureSync": "300000",
  "captureSync with input": "300000",
  "run": "7",
  "runSync": "7",
  "spawn with a timeout": "TimeoutError",
  "lines": "123",
  "sleepSync": "0",
  "waitSignalSync": "TimeoutError",
  "waitSignal": "TimeoutError",
  "semtimedop on a worker": "-11",
  "semop on a worker": "0",
  "msgrcv on a worker": "8,77",
  "accept on a worker": "true",
  "flock on a worker": "0",
};

const SETUP = `
  const { capture, captureSync, lines, run, runSync, spawn } = await import("vasty/lib/processes/mod.ts");
  const { bind } = await import("vasty/ffi/bind.ts");
  const { offload } = await import("vasty/ffi/workers.ts");
  const { Block, cString } = await import("vasty/ffi/memory.ts");
  const { open } = await import("vasty/ffi/fcntl.ts");
  const semtimedop = bind("semtimedop", ["int", "address", "long", "address"], "int");
  const semop = bind("semop", ["int", "address", "long"], "int");
  const semctl = bind("semctl", ["int", "int", "int", "long"], "int");
  const msgrcv = bind("msgrcv", ["int", "address", "long", "long", "int"], "long");
  const msgsnd = bind("msgsnd", ["int", "buffer", "long", "int"], "int");
  const msgctl = bind("msgctl", ["int", "int", "address"], "int");
  const flockCall = bind("flock", ["int", "int"], "int");
  const accept = bind("accept", ["int", "address", "address"], "int");
  // A socket that listens without a name gets a port.
  const listener = bind("socket", ["int", "int", "int"], "int")(2, 1, 0);
  bind("listen", ["int", "int"], "int")(listener, 1);
  const name = new DataView(new ArrayBuffer(16));
  bind("getsockname", ["int", "buffer", "buffer"], "int")(listener, name, Int32Array.of(16));
  const port = name.getUint16(2);
  const [SEMAPHORE, QUEUE] = [bind("semget", ["int", "int", "int"], "int")(0, 1, 0o600), bind("msgget", ["int", "int"], "int")(0, 0o600)];
  const memory = new Block(256);
  // sembuf: take one; timespec: 300 ms.
  memory.put(Int16Array.of(0, -1, 0), 0);
  memory.put(BigInt64Array.of(0n, 300_000_000n), 64);
  const holder = Deno.openSync(Deno.args[0]);
  holder.lockSync(true);
  const waiter = open(cString(Deno.args[0]), 0, 0);
`;

for (const interval of [100, 5]) {
  for (const [name, work] of WORK) {
    test(`an interval timer of ${interval} ms over ${name}: no EINTR, no loss, no time cut or stretched`, async () => {
      const file = await Deno.makeTempFile();
      try {
        await says(
          SETUP + `
          let ticks = 0;
          SIG.ALRM = () => ticks++;
          try {
            setitimer("real", { value: ${interval}, interval: ${interval} });
            const begun = performance.now();
            const result = ${work};
            const took = performance.now() - begun;
            say(String(result), took >= 298, took < 3_000, ticks >= ${interval === 5 ? 5 : 1});
          } finally {
            setitimer("real", { value: 0 });
            semctl(SEMAPHORE, 0, 0, 0); msgctl(QUEUE, 0, 0);
          }`,
          [`${RESULTS[name]} true true true`],
          { flags: ["--allow-run", "--allow-read", "--allow-write", "--allow-net=127.0.0.1"], args: [file] },
        );
      } finally {
        await Deno.remove(file);
      }
    }, { skip: EMULATED ? "time says nothing under emulation" : sample(interval === 5) });
  }
}

test("the whole of signals works with --allow-ffi for libc alone", async () => {
  await says(
    `
    SIG.USR2 = () => say("handled");
    raise("USR2");
    { using _b = block("USR2"); raise("USR2"); }
    using _alarm = block("ALRM");
    alarm(0.01);
    say(waitSignalSync(["ALRM"], { timeout: 10_000 }).signal);
    sigqueue(Deno.pid, "RTMIN+1", 1);`.replace("sigqueue", `using _l = localSignal("RTMIN+1", "IGNORE"); sigqueue`),
    ["handled", "handled", "SIGALRM"],
  );
});
