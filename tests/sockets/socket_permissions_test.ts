import { absolutePath, requireAddress } from "../../lib/sockets/socket_permissions.ts";
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
    needs('read access to "/none/x"'),
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

test("requireAddress() says of a relative path what Deno says, and takes the leave for its absolute path", async () => {
  const source = `
    import { requireAddress } from "vasty/lib/sockets/socket_permissions.ts";
    const path = "./x/../none.sock";
    const calls = [() => requireAddress({ path }), () => Deno.connect({ transport: "unix", path })];
    for (const call of calls) {
      try { await call(); console.log("allowed"); } catch (error) {
        console.log(error.name === "NotFound" ? "allowed" : \`\${error.name} \${error.message}\`);
      }
    }`;
  const cwd = await Deno.makeTempDir();
  const files = ["--allow-read", "--allow-write"];
  const own = `${await Deno.realPath(cwd)}/none.sock`;
  try {
    for (
      const [flags, said] of [
        [[], needs('read access to "./x/../none.sock"')],
        [["--allow-net=127.0.0.1", ...files], needs(`net access to "unix:${own}"`)],
        [[`--allow-net=unix:${own}`, ...files], "allowed"],
        [["--allow-net", ...files], "allowed"],
      ] as const
    ) {
      const { stdout, stderr } = await denoSource(source, { flags: [...flags], cwd });
      assertEquals([stdout.trim().split("\n"), stderr], [[said, said], ""]);
    }
  } finally {
    await Deno.remove(cwd);
  }
});

test("absolutePath() leaves out what changes nothing", () => {
  assertEquals(["/a/b", "/a//b/./c/../d", "/", "x"].map(absolutePath), ["/a/b", "/a/b/d", "/", `${Deno.cwd()}/x`]);
});

test("requireNamed() takes a host as it is named, with its port", async () => {
  const { stdout } = await denoSource(
    `import { requireNamed } from "vasty/lib/sockets/socket_permissions.ts";
     for (const [host, port] of [["some.example", 80], ["some.example", 81], ["::1", 0], ["other.example", 0]]) {
       try { requireNamed(host, port); console.log("allowed"); } catch (error) { console.log(error.name, error.message); }
     }`,
    { flags: ["--allow-net=some.example:80,[::1]"] },
  );
  assertEquals(stdout.trim().split("\n"), [
    "allowed",
    needs('net access to "some.example:81"'),
    "allowed",
    needs('net access to "other.example:0"'),
  ]);
});

test("connect() and listen() do not reach a denied address by a name of it, or in another form", async () => {
  const { stdout, stderr } = await denoSource(
    `import { connect, listen } from "vasty/mod.ts";
     for (const host of ["127.0.0.1", "localhost", "127.1", "2130706433", "127.0.0.2"]) {
       const family = "AF_INET";
       const outcomes = [connect({ host, port: 1, family }), listen({ host, family })].map((one) => one.then(
         (made) => made.close() ?? "done", ({ name, code, message }) => code ?? name + message.replace(/.*"(.*)".*/, " $1")));
       console.log(host, ...await Promise.all(outcomes));
     }`,
    { flags: ["--allow-net", "--deny-net=127.0.0.1"] },
  );
  const denied = "NotCapable 127.0.0.1:1 NotCapable 127.0.0.1:0";
  assertEquals([stderr, ...stdout.trim().split("\n")], [
    "",
    `127.0.0.1 ${denied}`,
    `localhost ${denied}`,
    `127.1 ${denied}`,
    `2130706433 ${denied}`,
    "127.0.0.2 ECONNREFUSED done",
  ]);
});

test("connect() by name needs leave for the name alone", async () => {
  const { stdout, stderr } = await denoSource(
    `import { connect } from "vasty/mod.ts";
     await connect({ host: "localhost", port: 1 }).catch((error) => console.log(error.code));`,
    { flags: ["--allow-net=localhost:1"] },
  );
  assertEquals([stderr, stdout], ["", "ECONNREFUSED\n"]);
});
