import { connect, listen } from "../../lib/sockets/mod.ts";
import { SyscallError } from "../../lib/core/mod.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  denoCommand,
  denoSource,
  killPrinted,
  repository,
  test,
} from "../support/mod.ts";
import { SocketFolder } from "./loopback.ts";

test("listen() listens at all addresses of IPv4, if nothing else is said", async () => {
  using listener = await listen();
  const { transport, hostname, port } = listener.addr as Deno.NetAddr;
  assertEquals([transport, hostname, port > 0], ["tcp", "0.0.0.0", true]);
  using _client = await connect({ port });
});

test("listen() resolves names, and has the port again at once", async () => {
  using first = await listen({ host: "localhost", family: "AF_INET" });
  const { port } = first.addr as Deno.NetAddr;
  {
    using _client = await connect({ port });
    using _server = await first.accept();
    _server.close();
  }
  first.close();
  using _second = await listen({ hostname: "127.0.0.1", port });
  const error = await assertRejects(() => listen({ hostname: "127.0.0.1", service: port }), SyscallError);
  assert(error instanceof Deno.errors.AddrInUse);
});

test("listen() replaces the file of a program that was killed, not that of one that lives", async () => {
  using folder = new SocketFolder();
  const path = folder.next();
  const program = denoCommand(repository("tests/sockets/programs/listening.ts"), {
    args: [path],
    flags: ["--allow-net", `--allow-read=${path}`, `--allow-write=${path}`],
  });
  const child = new Deno.Command(program[0]!, { args: program.slice(1), stdout: "piped" }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const pid = (await reader.read()).value!;
  const error = await assertRejects(() => listen({ path }), SyscallError);
  assertEquals(error.message, `Cannot listen at "${path}": address already in use (EADDRINUSE, bind)`);
  using _client = await connect({ path });
  killPrinted(pid);
  await child.status;
  await reader.cancel();
  using listener = await listen({ path });
  using _other = await connect({ path });
  using _server = await listener.accept({ timeout: 1_000 });
});

test("listen() removes the file where it was made, whatever the current folder is then", async () => {
  using folder = new SocketFolder();
  const { stdout, stderr } = await denoSource(
    `import { listen } from "vasty/lib/sockets/mod.ts";
     const listener = await listen({ path: "relative" });
     console.log([...Deno.readDirSync(".")].length);
     Deno.chdir("/");
     listener.close();
     console.log([...Deno.readDirSync(${JSON.stringify(folder.path)})].length);`,
    { flags: ["--allow-net", "--allow-read", "--allow-write"], cwd: folder.path },
  );
  assertEquals([stdout, stderr], ["1\n0\n", ""]);
});

test("listen() asks for what Deno.listen() asks for", async () => {
  const { stdout } = await denoSource(
    `import { listen } from "vasty/lib/sockets/mod.ts";
     for (const where of [{ hostname: "localhost" }, { hostname: "127.0.0.1" }, {}, { path: "/none/x" }]) {
       for (const call of [listen, (o) => Deno.listen({ port: 0, transport: o.path ? "unix" : "tcp", ...o })]) {
         try { (await call(where)).close(); console.log("allowed"); } catch (error) { console.log(error.message); }
       }
     }`,
    { flags: ["--allow-net=localhost"] },
  );
  const lines = stdout.trim().split("\n");
  assertEquals(lines.filter((_, i) => i % 2 === 0), lines.filter((_, i) => i % 2 === 1));
  assertEquals(lines[0], "allowed");
});
