import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl, open } from "../../ffi/fcntl.ts";
import { cString } from "../../ffi/memory.ts";
import { close } from "../../ffi/unistd.ts";
import { run, runSync, spawn } from "../../lib/processes/mod.ts";
import { assert, assertEquals, count, deno, EMULATED, repository, test } from "../support/mod.ts";
import { ENGINES } from "./programs/engines.ts";
import { randomMap, wanted } from "./programs/maps.ts";
import { listDescriptors, parseDescriptors } from "./programs/reports.ts";

/** Files of one folder, each open here, by their number. */
function openFiles(folder: string, many: number): Map<number, string> {
  const files = Array.from({ length: many }, (_, i) => `${folder}/file ${i}`);
  const flags = FCNTL.O_RDWR | FCNTL.O_CREAT | FCNTL.O_CLOEXEC;
  return new Map(files.map((path): [number, string] => [open(cString(path), flags, 0o600), path]));
}

for (const [engine, how] of Object.entries(ENGINES)) {
  test(`spawn() by ${engine} gives the child each descriptor under the number asked for, in random order`, async () => {
    const folder = await Deno.makeTempDir();
    const files = openFiles(folder, 8);
    try {
      for (let round = 0; round < count(1_000); round++) {
        const map = randomMap([...files.keys(), 3, 4, 5, 6, 7, 8], [...files.keys()]);
        const [stdin, stdout, stderr] = [map.get(0), map.get(1), map.get(2)];
        const fds = Object.fromEntries([...map].filter(([to]) => to > 2));
        assert(runSync(listDescriptors(`${folder}/report`), { ...how, stdin, stdout, stderr, fds }).success);
        const found = parseDescriptors(await Deno.readTextFile(`${folder}/report`));
        assertEquals(found, wanted(files, map), Deno.inspect(map));
      }
    } finally {
      for (const fd of files.keys()) close(fd);
      await Deno.remove(folder, { recursive: true });
    }
  }, { needs: ["perl"] });
}

/** Every so many of the 720 permutations. */
const STEP = EMULATED ? 30 : 1;

for (const engine of Object.keys(ENGINES)) {
  test(
    `spawn() by ${engine} is right for the permutations of 0 to 5, in a program that was started with these`,
    async () => {
      const folder = await Deno.makeTempDir();
      try {
        const under = ["sh", "-c", 'exec "$@" <a >b 2>c 3<d 4<e 5<f', "sh"];
        for (const name of "abcdef") await Deno.writeTextFile(`${folder}/${name}`, "");
        const flags = ["--allow-run=perl", "--allow-read", "--allow-write"];
        const program = repository("tests/processes/programs/permutations.ts");
        const { code } = await deno(program, { flags, under, cwd: folder, args: [folder, String(STEP), engine] });
        assertEquals([code, await Deno.readTextFile(`${folder}/c`)], [0, ""]);
        assertEquals(await Deno.readTextFile(`${folder}/b`), `${720 / STEP} right\n`);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
    { needs: ["perl"] },
  );
}

test("startProgram() clears close-on-exec where a descriptor keeps its number", async () => {
  const fd = open(cString("/dev/zero"), FCNTL.O_RDONLY | FCNTL.O_CLOEXEC, 0);
  try {
    await run(["sh", "-c", `test "$(readlink /proc/self/fd/${fd})" = /dev/zero`], { fds: { [fd]: fd } });
    assertEquals(fcntl(fd, FCNTL.F_GETFD, 0), FCNTL.FD_CLOEXEC);
  } finally {
    close(fd);
  }
});

test("startProgram() leaves no descriptor of the working directory in the child", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await run(listDescriptors("report"), { cwd: folder });
    assertEquals([...parseDescriptors(await Deno.readTextFile(`${folder}/report`)).keys()], [0, 1, 2]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { needs: ["perl"] });

test("startProgram() gives a child a descriptor far above the others", async () => {
  await using child = spawn(["sh", "-c", "cat <&9"], { fds: { 9: "/dev/null", 1000: "null" } });
  assert((await child.status).success);
});
