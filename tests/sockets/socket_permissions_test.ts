import { requireAddress } from "../../lib/sockets/socket_permissions.ts";
import { assertEquals, denoSource, test } from "../support/mod.ts";

/** What the calls come to with these permissions. */
async function said(flags: string[]): Promise<string[]> {
  const { stdout, stderr } = await denoSource(
    `import { socket } from "vasty/mod.ts";
     const tcp = socket("PF_INET", "SOCK_STREAM");
     const unix = socket("PF_UNIX", "SOCK_STREAM");
     const udp = socket("PF_INET", "SOCK_DGRAM");
     const nowhere = { hostname: "127.0.0.1", port: 1 };
     const calls = [
       () => tcp.connect(nowhere),
       () => tcp.bind({ hostname: "127.0.0.2", port: 0 }),
       () => udp.send(new Uint8Array(1), { to: nowhere }),
       () => socket("PF_INET", "SOCK_STREAM").listen(),
       () => unix.connect({ path: "/none/x" }),
       () => unix.connect({ path: "\\0none" }),
     ];
     for (const call of calls) {
       try { await call(); console.log("done"); } catch (error) { console.log(error.name, error.code ?? error.message); }
     }`,
    { flags },
  );
  assertEquals(stderr, "");
  return stdout.trim().split("\n");
}

const needs = (what: string) => `NotCapable Requires ${what}, run again with the --allow-${what.split(" ")[0]} flag`;

test("Socket asks for what Deno's own calls would ask for", async () => {
  assertEquals(await said([]), [
    needs('net access to "127.0.0.1:1"'),
    needs('net access to "127.0.0.2:0"'),
    needs('net access to "127.0.0.1:1"'),
    needs('net access to "0.0.0.0:0"'),
    needs('net access to "unix:/none/x"'),
    needs("net access"),
  ]);
});

test("Socket is content with leave for the one address, or the one path", async () => {
  const found = await said(["--allow-net=127.0.0.1:1,unix:/none/x", "--allow-read=/none/x"]);
  assertEquals([found[0], found[2], found[4]], [
    "SyscallError ECONNREFUSED",
    "done",
    needs('write access to "/none/x"'),
  ]);
  const whole = await said(["--allow-net", "--allow-read=/none/x", "--allow-write=/none/x"]);
  assertEquals([...whole.slice(1, 4), ...whole.slice(4)], [
    "done",
    "done",
    "done",
    "SyscallError ENOENT",
    "SyscallError ECONNREFUSED",
  ]);
});

test("requireAddress() leaves the scope of an address out", () => {
  requireAddress({ hostname: "fe80::1%1", port: 9 });
  requireAddress({ path: "" });
});
