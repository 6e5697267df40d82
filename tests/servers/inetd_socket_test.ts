/** What is moved; supervisors_test.ts has inetd itself. */
import { run, spawn } from "../../lib/processes/mod.ts";
import { isInetd } from "../../lib/servers/inetd_socket.ts";
import { connect, listen } from "../../lib/sockets/mod.ts";
import { assertEquals, denoCommand, EMULATED, test, within } from "../support/mod.ts";

test("isInetd() is false for what tests have as standard input", () => {
  assertEquals(isInetd(), false);
});

test("moveInetdSocket() leaves a standard stream alone that is something else", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  const module = new URL("../../lib/servers/inetd_socket.ts", import.meta.url).href;
  const proc = new URL("../support/proc.ts", import.meta.url).href;
  await Deno.writeTextFile(
    file,
    `import { isInetd, moveInetdSocket } from "${module}";
    import { linkOf } from "${proc}";
    const before = isInetd();
    const moved = moveInetdSocket();
    const links = [0, 1, 2].map((fd) => linkOf("/proc/self/fd/" + fd).replace(/[^a-z/].*/, ""));
    console.error(before, isInetd(), moved > 2, links.join(" "), linkOf("/proc/self/fd/" + moved).slice(0, 6));`,
  );
  using listener = await listen({ hostname: "127.0.0.1" });
  using client = await connect(listener.addr as { hostname: string; port: number });
  using server = await listener.accept();
  const log = await Deno.makeTempFile();
  await run(denoCommand(file), { stdin: server.fd, stdout: server.fd, stderr: log });
  assertEquals(
    await Deno.readTextFile(log),
    "true false true /dev/null /dev/null /tmp/ socket\n".replace("/tmp/", log.replace(/[^a-z/].*/, "")),
  );
  assertEquals(client.closed, false);
  for (const path of [file, log]) await Deno.remove(path);
});

test("moveInetdSocket() leaves nothing of the socket but what it gives, also to children", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  const module = new URL("../../lib/servers/inetd_socket.ts", import.meta.url).href;
  const unistd = new URL("../../ffi/unistd.ts", import.meta.url).href;
  await Deno.writeTextFile(
    file,
    `import { moveInetdSocket } from "${module}";
    import { close } from "${unistd}";
    const moved = moveInetdSocket();
    new Deno.Command("echo", { args: ["nobody reads this"], stdout: "inherit", stderr: "inherit" }).outputSync();
    close(moved);
    // It ends when it is killed.
    setInterval(() => {}, 60_000);`,
  );
  using listener = await listen({ hostname: "127.0.0.1" });
  using client = await connect(listener.addr as { hostname: string; port: number });
  using server = await listener.accept();
  const { fd } = server;
  await using child = spawn(denoCommand(file, { flags: ["--allow-run=echo"] }), { stdin: fd, stdout: fd, stderr: fd });
  server.close();
  // The end is there while the program goes on.
  assertEquals(new TextDecoder().decode(await client.readAll({ timeout: within(10_000) })), "");
  assertEquals(child.poll(), undefined);
  await Deno.remove(file);
}, { skip: EMULATED && "the emulator has no kcmp" });
