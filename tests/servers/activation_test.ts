import { ClosedError, Fd } from "../../lib/core/mod.ts";
import { pipe } from "../../lib/core/pipe.ts";
import { capture } from "../../lib/processes/mod.ts";
import { activation } from "../../lib/servers/mod.ts";
import { listen, socket } from "../../lib/sockets/mod.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

test("activation() hands sockets to a program of another language", async () => {
  using web = await listen({ hostname: "127.0.0.1" });
  using udp = socket("PF_INET", "SOCK_DGRAM");
  udp.bind({ hostname: "127.0.0.1", port: 0 });
  const source = [
    "import os, socket",
    'assert os.environ["LISTEN_PID"] == str(os.getpid())',
    'names = os.environ["LISTEN_FDNAMES"].split(":")',
    "for i, name in enumerate(names):",
    "    one = socket.socket(fileno=3 + i)",
    "    print(name, one.type.name, one.getsockname()[1])",
  ].join("\n");
  const { stdout } = await capture(["/usr/bin/python3", "-c", source], activation({ web, udp: udp.fd }));
  const port = (one: { hostname: string; port: number }) => one.port;
  const [first, second] = [web.addr, udp.getsockname()].map((one) => port(one as { hostname: string; port: number }));
  assertEquals(stdout, `web SOCK_STREAM ${first}\nudp SOCK_DGRAM ${second}\n`);
  assert(!web.closed && !udp.closed);
}, { needs: ["python3"] });

test("activation() hands sockets over as Server::Starter does", async () => {
  using web = await listen({ hostname: "127.0.0.1" });
  const { fds, env, pidVariables } = activation({ "127.0.0.1:80": web, "/run/a=b": web }, { as: "server-starter" });
  assertEquals(env, { SERVER_STARTER_PORT: "127.0.0.1:80=3;/run/a=b=4" });
  assertEquals([Object.keys(fds), fds[3] === web.fd, pidVariables], [["3", "4"], true, {}]);
  const script =
    "use Server::Starter; my $p = Server::Starter::server_ports(); print join(' ', map { \"$_=$p->{$_}\" } sort keys %$p)";
  const given = activation({ "127.0.0.1:80": web }, { as: "server-starter" });
  assertEquals((await capture(["perl", "-e", script], given)).stdout, "127.0.0.1:80=3");
}, { needs: ["start_server"] });

test("activation() refuses names that cannot be carried, and what is no socket", () => {
  const { reader, writer } = pipe();
  using _reader = reader;
  writer.close();
  for (const bad of ["", "a:b", "é", "a\nb"]) assertThrows(() => activation({ [bad]: reader }), TypeError, "announced");
  for (const bad of ["", "a;b"]) assertThrows(() => activation({ [bad]: reader }, { as: "server-starter" }), TypeError);
  assertThrows(() => activation({}, { as: "inetd" as "systemd" }), TypeError, '"inetd"');
  assertThrows(() => activation({ a: 3 as unknown as Fd }), TypeError, "Not a socket");
  assertThrows(() => activation({ a: {} as Fd }), TypeError, "Not a socket");
  assertThrows(() => activation({ a: writer }), ClosedError);
  assertEquals(activation({}), {
    fds: {},
    env: { LISTEN_FDS: "0", LISTEN_FDNAMES: "" },
    pidVariables: { LISTEN_PID: "" },
  });
});
