/** Programs that systemd-socket-activate(1) starts with a socket. */
import type { SocketDomain, SocketStyle } from "../../lib/sockets/mod.ts";
import { assertEquals, denoCommand, repository, test } from "../support/mod.ts";
import { bytes, SocketFolder, text } from "./loopback.ts";
import { freePort, OtherEnd } from "./other_end.ts";

const LIMIT = { timeout: 20_000 };

/** The flags of the supervisor, the client's socket, and what the program finds to be its own. */
const KINDS: [flags: string[], domain: SocketDomain, type: SocketStyle, found: string][] = [
  [[], "PF_INET", "SOCK_STREAM", "1 true inet stream true\n"],
  [[], "PF_UNIX", "SOCK_STREAM", "1 true unix stream true\n"],
  [["--accept"], "PF_UNIX", "SOCK_STREAM", "1 true unix stream false\n"],
  [["--seqpacket"], "PF_UNIX", "SOCK_SEQPACKET", "1 true unix seqpacket true\n"],
  [["--datagram"], "PF_UNIX", "SOCK_DGRAM", "1 true unix datagram false\n"],
];

for (const [flags, domain, type, found] of KINDS) {
  test(
    `socketType() and Socket know what systemd-socket-activate ${flags.join("")} gives: ${found.slice(7, -1)}`,
    async () => {
      using folder = new SocketFolder();
      const path = folder.next();
      const port = domain === "PF_INET" ? freePort() : 0;
      const where = port === 0 ? path : `127.0.0.1:${port}`;
      const program = denoCommand(repository("tests/sockets/programs/activated.ts"), {
        flags: [
          "--allow-env=LISTEN_FDS,LISTEN_PID",
          "--allow-net",
          `--allow-read=${folder.path}`,
          `--allow-write=${folder.path}`,
        ],
      });
      const kept = ["DENO_DIR", "DENO_NO_UPDATE_CHECK"].filter((name) => Deno.env.has(name)).map((name) => `-E${name}`);
      await using end = new OtherEnd(["systemd-socket-activate", ...flags, ...kept, "-l", where, ...program]);
      await end.says(/Listening on .* as 3\./);
      using client = folder.bound(domain, type);
      await client.connect(port === 0 ? { path } : { hostname: "127.0.0.1", port }, LIMIT);
      await client.send(bytes("activate"));
      assertEquals(text(await client.recv(100, LIMIT)), "ACTIVATE");
      assertEquals(await end.prints("\n"), found);
    },
    { needs: ["systemd-socket-activate"] },
  );
}
