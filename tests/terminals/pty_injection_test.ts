import { assertEquals, denoSource, type Ended, test } from "../support/mod.ts";
import { injecting, noPtrace } from "../support/strace.ts";

/** Run a program whose calls on masters fail as `inject` says. */
function injected(inject: string, source: string): Promise<Ended> {
  const under = injecting(inject, { paths: ["/dev/ptmx", "/dev/pts/ptmx"] });
  return denoSource(source, { under, flags: ["--allow-run"] });
}

for (const inject of ["read,write:error=EINTR:when=1+2", "read,write:error=EAGAIN:when=1+3"]) {
  test(`a dialog goes on under ${inject}`, async () => {
    const { stdout, stderr } = await injected(
      inject,
      `import { spawnPty } from "vasty/mod.ts";
       await using child = spawnPty(["cat"]);
       let text = "";
       const buffer = new Uint8Array(100);
       for (let round = 1; round <= 5; round++) {
         await child.write(new TextEncoder().encode("abcdefgh\\n"));
         while (text.length < 20 * round) text += new TextDecoder().decode(buffer.subarray(0, await child.read(buffer)));
       }
       await child.sendEof();
       while (await child.read(buffer) !== null);
       console.log(text === "abcdefgh\\r\\n".repeat(10), (await child.status).code);`,
    );
    assertEquals([stdout, stderr], ["true 0\n", ""]);
  }, { needs: ["strace"], skip: noPtrace() });
}

test("whichever call fails that makes a terminal, it is told and nothing is left", async () => {
  const { stdout, stderr } = await injected(
    "ioctl:error=EIO:when=1+1",
    `import { openPty, spawnPty } from "vasty/mod.ts";
     import { numbers } from "vasty/tests/support/proc.ts";
     const codes = [];
     openAndClose();
     const before = numbers("/proc/self/fd").length;
     function openAndClose() {
       try {
         openPty().close();
       } catch (error) {
         codes.push(error.code);
       }
     }
     openAndClose();
     console.log(codes.join(), numbers("/proc/self/fd").length - before);`,
  );
  assertEquals([stdout, stderr], ["EIO,EIO 0\n", ""]);
}, { needs: ["strace"], skip: noPtrace() });

for (const call of [1, 2, 3, 4, 5]) {
  test(`the master is closed when ioctl ${call} of those that make a terminal fails`, async () => {
    const { stdout, stderr } = await injected(
      `ioctl:error=EIO:when=${call}`,
      `import { openPty } from "vasty/mod.ts";
       import { numbers } from "vasty/tests/support/proc.ts";
       function attempt() {
         try {
           using pty = openPty();
           return typeof pty.slave.number;
         } catch (error) {
           return error.code;
         }
       }
       const before = numbers("/proc/self/fd").length;
       const code = attempt();
       const left = numbers("/proc/self/fd").length - before;
       console.log(code, left, attempt());`,
    );
    assertEquals([stdout, stderr], ["EIO 0 number\n", ""]);
  }, { needs: ["strace"], skip: noPtrace() });
}

for (const inject of ["openat:error=EINTR:when=1", "ioctl:error=EINTR:when=5"]) {
  test(`a terminal is opened once more under ${inject}`, async () => {
    const { stdout, stderr } = await injected(
      inject,
      `import { spawnPty } from "vasty/mod.ts";
       await using child = spawnPty(["true"]);
       console.log((await child.status).code);`,
    );
    assertEquals([stdout, stderr], ["0\n", ""]);
  }, { needs: ["strace"], skip: noPtrace() });
}
