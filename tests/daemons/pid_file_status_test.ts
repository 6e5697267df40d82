import { parsePid } from "../../lib/daemons/pid_file_status.ts";
import { PidFile } from "../../lib/daemons/mod.ts";
import { spawn } from "../../lib/processes/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("parsePid() reads the first line alone", () => {
  const texts = ["12\n", " 12 \n", "12", "12\n345\n", "", "\n", "0\n", "12x\n", "-1\n", "12345678901\n"];
  assertEquals(texts.map(parsePid), [12, 12, 12, 12, ...Array(6).fill(undefined)]);
});

test("PidFile.status() goes by the lock, and not by whether there is such a process", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, `${Deno.pid}\n`);
  assertEquals(PidFile.status(path), { running: false, pid: Deno.pid });
  {
    using _file = PidFile.create(path);
    assertEquals(PidFile.status(path), { running: true, pid: Deno.pid });
    // To look does not lock.
    assertEquals(PidFile.status(path).running, true);
  }
  assertEquals([PidFile.status(path), PidFile.read(path)], [{ running: false }, undefined]);
});

test("PidFile.status() sees the locks of other programs", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "77\n");
  const scripts = [
    ["perl", "-e", 'open F, "<", shift; flock F, 2; print "READY\\n"; close STDOUT; sleep 60', path],
    [
      "/usr/bin/python3",
      "-c",
      'import fcntl, sys, time; f = open(sys.argv[1], "r+"); fcntl.lockf(f, 2); print("READY", flush=True); time.sleep(60)',
      path,
    ],
  ];
  for (const [i, script] of scripts.entries()) {
    await using holder = spawn(script, { stdout: "piped" });
    await holder.stdout.getReader().read();
    // The kernel knows who has a lock of lockf(3); of the other the file has to tell.
    assertEquals(PidFile.status(path), { running: true, pid: i === 0 ? 77 : holder.pid });
  }
  await Deno.remove(path);
}, { needs: ["perl", "python3"] });
