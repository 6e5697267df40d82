import { flock } from "../../mod.ts";
import { until } from "../pipes/fifo_folder.ts";
import { assert, assertEquals, count, denoCommand, EMULATED, repository, test, within } from "../support/mod.ts";
import { Holder, LockFolder } from "./lock_folder.ts";

/** So many programs at once; under emulation, where starting one takes seconds, fewer. */
const CONTENDERS = EMULATED ? 6 : 20;
const ROUNDS = Math.ceil(count(20_000) / CONTENDERS);

const PERL = '$| = 1; my ($p, $n) = @ARGV; print "READY\\n"; <STDIN>; while ($n--) { open(F, "+<", $p) or die; ' +
  "flock(F, 2) or die; my $i = <F>; seek(F, 0, 0); truncate(F, 0); print F $i + 1; close(F) }";
const PYTHON = `
import fcntl, sys
print("READY", flush=True)
sys.stdin.read(1)
for _ in range(int(sys.argv[2])):
    with open(sys.argv[1], "r+") as f:
        fcntl.lockf(f, fcntl.LOCK_EX)
        i = int(f.read())
        f.seek(0); f.truncate(); f.write(str(i + 1)); f.flush()
`;

function ours(way: string) {
  return (folder: LockFolder): string[] =>
    denoCommand(repository("tests/locks/programs/contender.ts"), {
      flags: [`--allow-read=${folder.path}`, `--allow-write=${folder.path}`],
      args: [way, folder.path, `${ROUNDS}`],
    });
}

const perl = ({ path }: LockFolder) => ["perl", "-e", PERL, path, `${ROUNDS}`];
const python = ({ path }: LockFolder) => ["python3", "-c", PYTHON, path, `${ROUNDS}`];

const KINDS = [
  ["flock()", perl, "perl", ["flock", "flockSync", "tryFlock", "flockSync, timeout"]],
  ["lockRange()", python, "python3", ["lockRange", "lockRangeSync", "tryLockRange", "lockRangeSync, timeout"]],
] as const;

for (const [name, peer, needs, ways] of KINDS) {
  test(`${name} of ${CONTENDERS} programs that count in a file, ${ROUNDS} times each: nothing is lost`, async () => {
    using folder = new LockFolder("0");
    const commands = [...ways.map(ours), peer];
    const started = Array.from({ length: CONTENDERS }, (_, i) => {
      const [program, ...args] = commands[i % commands.length]!(folder);
      return new Holder(program!, args, "piped");
    });
    for (const contender of started) await contender.says("READY");
    await Promise.all(started.map((contender) => contender.write("\n")));
    await Promise.all(started.map((contender) => contender.text()));
    for (const contender of started) {
      assertEquals(await contender.child.status, { success: true, code: 0, signal: null });
    }
    assertEquals([Deno.readTextFileSync(folder.path), folder.locks], [`${CONTENDERS * ROUNDS}`, []]);
  }, { needs: [needs] });
}

test("flock() is there within 100 ms once all who held it or waited for it are killed", async () => {
  using folder = new LockFolder("0");
  const commands = EMULATED ? [ours("flock"), perl] : [...KINDS[0][3].map(ours), perl];
  for (let round = 0; round < (EMULATED ? 1 : 5); round++) {
    const started = commands.map((command) => {
      const [program, ...args] = command(folder);
      return new Holder(program!, [...args.slice(0, -1), "1000000000"], "piped");
    });
    for (const contender of started) await contender.says("READY");
    await Promise.all(started.map((contender) => contender.write("\n")));
    await until(() => folder.waiters > 0);
    const waiting = flock(folder.path, "exclusive", { timeout: 60_000 });
    for (const contender of started) contender.child.kill("SIGKILL");
    const start = performance.now();
    using _lock = await waiting;
    assert(performance.now() - start < within(100), `${performance.now() - start} ms`);
    await Promise.all(started.map((contender) => contender.text()));
    assertEquals(folder.locks.map(({ pid }) => pid), [Deno.pid]);
  }
}, { needs: ["perl"] });
