/** What the examples of System V objects are for, against Perl's programs on the same key. */
import { ipcrm, SemaphoreSet } from "../../mod.ts";
import { until } from "../pipes/fifo_folder.ts";
import { assert, assertEquals, assertMatch, test } from "../support/mod.ts";
import { readProc } from "../support/proc.ts";
import { alive, childrenOf, exampleCommand, launched, Running } from "./launched.ts";

/** Perl's ways to do the same. */
const PERL = {
  sem: 'print semget($ARGV[0], 10, 01666) // die("semget: $!")',
  take: 'my $id = semget($ARGV[0], 0, 0) // die "$!"; semop($id, pack("s!6", 0, 0, 0, 0, 1, 0)) or die "$!"',
  give: 'my $id = semget($ARGV[0], 0, 0) // die "$!"; semop($id, pack("s!3", 0, -1, 0)) or die "$!"',
};

type Verb = keyof typeof PERL;
type Language = "ours" | "perl";

/** Keys of this test alone: others of the machine may use 1234. One above 0x80000000 Perl would want with a sign. */
const KEY = 0x1d5a_0021;

function command(language: Language, verb: Verb, key: number): string[] {
  return language === "perl" ? ["perl", "-e", PERL[verb], `${key}`] : exampleCommand(`sysv/${verb}`, `${key}`);
}

async function right(language: Language, verb: Verb, key: number): Promise<string> {
  const { code, stderr, stdout } = await launched(command(language, verb, key));
  assertEquals([stderr, code], ["", 0]);
  return stdout;
}

/** How many wait for the first semaphore to be 0, or to grow. */
function waiting(key: number): { zero: number; increase: number } {
  using set = SemaphoreSet.open(key);
  const { zero, increase } = set.waiting(0);
  return { zero, increase };
}

const PAIRS: [maker: Language, taker: Language, giver: Language][] = [
  ["ours", "ours", "perl"],
  ["ours", "perl", "ours"],
  ["perl", "ours", "ours"],
];

for (const [i, [maker, taker, giver]] of PAIRS.entries()) {
  test(
    `sysv: the semaphores are of ${maker}, the second take, of ${taker}, waits until the give, of ${giver}`,
    async () => {
      const key = KEY + i;
      const id = parseInt((await right(maker, "sem", key)).replace("shm key ", ""));
      try {
        using set = SemaphoreSet.open(key);
        assertEquals([set.id, set.count, set.stat().mode], [id, 10, 0o666]);
        assertEquals(await right(taker, "take", key), "");
        const second = new Running(command(taker, "take", key));
        await until(() => waiting(key).zero === 1);
        assertEquals(await right(giver, "give", key), "");
        assertEquals(await second.end(), { code: 0, signal: null, stdout: "", stderr: "" });
        assertEquals(set.getValue(0), 1);
      } finally {
        ipcrm("sem", id);
      }
    },
    { needs: ["perl"] },
  );
}

test("sysv/give waits for something to take away, and is gone when it is terminated", async () => {
  using set = SemaphoreSet.create(KEY, 10, { mode: 0o600 });
  try {
    const giving = new Running(exampleCommand("sysv/give", "0x1d5a0021"));
    await until(() => waiting(KEY).increase === 1);
    const [pid] = childrenOf(giving.child.pid);
    giving.child.kill("SIGTERM");
    assertEquals((await giving.end()).signal, "SIGTERM");
    assert(!alive(pid!));
    assertEquals(waiting(KEY), { zero: 0, increase: 0 });
    const again = new Running(exampleCommand("sysv/give", `${KEY}`));
    await until(() => waiting(KEY).increase === 1);
    set.release(0);
    assertEquals((await again.end()).code, 0);
  } finally {
    set.remove();
  }
});

test("sysv/take and sysv/give say that there is no set, and sysv/sem removes its own", async () => {
  for (const verb of ["take", "give"] as const) {
    assertEquals(await launched(exampleCommand(`sysv/${verb}`, "0x1d5a0021")), {
      code: 1,
      signal: null,
      stdout: "",
      stderr: `${verb}: Cannot open semaphore set 0x1d5a0021: no such file or directory (ENOENT, semget)\n`,
    });
  }
  const made = await launched(exampleCommand("sysv/sem", "0x1D5A0021"));
  assertMatch(made.stdout, /^shm key \d+\n$/);
  const removed = await launched(exampleCommand("sysv/sem", "--remove", "0x1d5a0021"));
  assertEquals([removed.code, removed.stdout, removed.stderr], [0, "", ""]);
  const again = await launched(exampleCommand("sysv/sem", "--remove", "0x1d5a0021"));
  assertEquals([again.code, again.stdout], [1, ""]);
  assertMatch(again.stderr, /^sem: Cannot open semaphore set 0x1d5a0021: .*ENOENT/);
});

test("sysv/shm prints what the manual's program prints, and leaves nothing", async () => {
  const { code, stdout, stderr } = await launched(exampleCommand("sysv/shm"));
  assertEquals([code, stderr], [0, ""]);
  const [, id] = /^shm key (\d+)\n/.exec(stdout)!;
  const zeros = "\0".repeat(50);
  const lines = [`shm key ${id}`, "wrote: 'Message #1'", `read : 'Message #1${zeros}'`, "swell", `deleting shm ${id}`];
  assertEquals(stdout, lines.map((line) => `${line}\n`).join(""));
  assert(!readProc("/proc/sysvipc/shm").split("\n").some((line) => line.trim().split(/\s+/)[1] === id));
});

test("sysv/msg is okay, and leaves nothing", async () => {
  const { code, stdout, stderr } = await launched(exampleCommand("sysv/msg"));
  assertEquals([code, stdout, stderr], [0, "okay\n", ""]);
});

test("sysv/shared adds up what several processes add at once", async () => {
  const { code, stdout, stderr } = await launched(exampleCommand("sysv/shared", "4", "500"));
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "sum 2000\n", stderr: "" });
});

test("sysv/shared that is ended by a signal leaves nothing", async () => {
  const running = new Running(exampleCommand("sysv/shared", "2", "1000000"));
  const example = () => childrenOf(running.child.pid)[0] ?? 0;
  await until(() => example() > 0 && childrenOf(example()).length === 2);
  const kids = childrenOf(example());
  running.child.kill("SIGTERM");
  assertEquals((await running.end()).signal, "SIGTERM");
  // They learn that the variable was removed.
  await until(() => kids.every((pid) => !alive(pid)));
});
