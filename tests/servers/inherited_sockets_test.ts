/** What is announced and how; supervisors_test.ts has those who announce. */
import { capture } from "../../lib/processes/mod.ts";
import { activation, inheritedSockets } from "../../lib/servers/mod.ts";
import { connect, listen } from "../../lib/sockets/mod.ts";
import { socketpair } from "../../lib/pipes/mod.ts";
import { pipe } from "../../lib/core/pipe.ts";
import { assertEquals, assertMatch, assertThrows, denoCommand, denoSource, repository, test } from "../support/mod.ts";

const PROGRAM = denoCommand(repository("tests/servers/programs/activated.ts"), { flags: ["--allow-env"] });

/** What a program says that was started with these variables. */
async function announced(env: Record<string, string>, pidVariables: Record<string, string> = { LISTEN_PID: "" }) {
  const { stdout, stderr } = await capture(PROGRAM, { env, pidVariables, stdin: "null", check: false });
  return { stdout, stderr };
}

test("inheritedSockets() has none without a supervisor, and none that are another process's", async () => {
  assertEquals(inheritedSockets(), []);
  const none = { stdout: "none \n", stderr: "" };
  assertEquals(await announced({}), none);
  assertEquals(await announced({ LISTEN_FDS: "0" }), none);
  assertEquals(await announced({ LISTEN_FDS: "1", LISTEN_PID: "1" }, {}), none);
  assertEquals(await announced({ LISTEN_FDS: "1" }, {}), none);
  assertEquals(await announced({ SERVER_STARTER_PORT: "" }, {}), none);
});

test("inheritedSockets() names the variable that is garbled, and the descriptor that is missing", async () => {
  for (
    const [env, says] of [
      [{ LISTEN_FDS: "one" }, /InvalidData: The variable LISTEN_FDS is "one", which is not a whole number/],
      [
        { LISTEN_FDS: "2", LISTEN_FDNAMES: "a" },
        /LISTEN_FDNAMES is "a", which is not as many names as LISTEN_FDS says, 2/,
      ],
      [{ LISTEN_FDS: "1", LISTEN_PID: "self" }, /LISTEN_PID is "self"/],
      [
        { LISTEN_FDS: "900", LISTEN_FDNAMES: "x:".repeat(899) },
        /Cannot take over descriptor \d+ \(x?\): bad file descriptor \(EBADF/,
      ],
      [{ SERVER_STARTER_PORT: "80" }, /SERVER_STARTER_PORT is "80", which is not "host:port=fd;path=fd"/],
      // Deno has opened it, if anybody has.
      [{ LISTEN_FDS: "1" }, /Cannot take over descriptor 3 \(unknown\): bad file descriptor \(EBADF/],
      [{ LISTEN_FDS: "999999999999999" }, /Cannot take over descriptor 3 \(unknown\)/],
      [{ SERVER_STARTER_PORT: "80=777" }, /Cannot take over descriptor 777 \(80\)/],
    ] as [Record<string, string>, RegExp][]
  ) {
    const { stderr } = await announced(env, "LISTEN_PID" in env ? {} : undefined);
    assertMatch(stderr, says);
  }
});

test("inheritedSockets() takes no descriptor by two names", async () => {
  using listener = await listen({ hostname: "127.0.0.1" });
  const env = { SERVER_STARTER_PORT: "127.0.0.1:80=3;80=3" };
  const { stderr } = await capture(PROGRAM, { env, fds: { 3: listener.fd }, stdin: "null", check: false });
  assertMatch(stderr, /InvalidData: Descriptor 3 is announced twice, as "127\.0\.0\.1:80" and "80"/);
});

test("inheritedSockets() asks for permission for the variables alone, and for inetd for none", async () => {
  const source = `
    import { inheritedSockets } from "vasty/mod.ts";
    console.log(inheritedSockets({ from: ["inetd"] }).length);
    try { inheritedSockets(); } catch (error) { console.log(error.message); }`;
  const { stdout } = await denoSource(source);
  assertEquals(stdout, `0\nRequires env access to "LISTEN_PID", run again with the --allow-env flag\n`);
  assertThrows(() => inheritedSockets({ from: ["launchd" as "inetd"] }), TypeError, '"launchd"');
});

test("inheritedSockets() takes what is no socket as well, and keeps all from the children", async () => {
  const source = `
    import { capture, inheritedSockets } from "vasty/mod.ts";
    const [log, web] = inheritedSockets({ keepEnvironment: true });
    console.log(log.name, log.kind, log.address, web.name, web.kind.listening, Deno.env.get("LISTEN_FDS"));
    const { stdout } = await new Deno.Command("ls", { args: ["-l", "/proc/self/fd"] }).output();
    console.log(/ [3-9] -> (?!\\/proc\\/)/.test(new TextDecoder().decode(stdout)));
    log.close();
    web[Symbol.dispose]();
    console.log(log.closed, web.closed, inheritedSockets().length);`;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, source.replace("vasty/", new URL("../../", import.meta.url).href));
  const { reader, writer } = pipe();
  using _writer = writer;
  using log = reader;
  using web = await listen({ hostname: "127.0.0.1" });
  const command = denoCommand(file, { flags: ["--allow-env", "--allow-run"] });
  const { stdout } = await capture(command, { ...activation({ log, web }), stdin: "null" });
  await Deno.remove(file);
  assertEquals(stdout, "log undefined undefined web true 2\nfalse\ntrue true 0\n");
});

test("inheritedSockets() leaves a standard input alone that is a socket without a name", async () => {
  const [left, right] = socketpair();
  using _left = left;
  using _right = right;
  const { stdout } = await capture(PROGRAM, { stdin: left.fd });
  assertEquals(stdout, "none \n");
});

test("inheritedSockets() moves inetd's connection, so that its client sees the end when it is closed", async () => {
  using listener = await listen({ hostname: "127.0.0.1" });
  const client = await connect(listener.addr as { hostname: string; port: number });
  const server = await listener.accept();
  const { stderr } = await capture(PROGRAM, { stdin: server.fd, stdout: server.fd });
  server.close();
  assertEquals(await client.readLine(), "inetd inetd inet stream false 127.0.0.1 0 ");
  assertEquals(await client.readLine(), null);
  assertEquals(stderr, "");
  client.close();
});
