import { FIRST_DESCRIPTOR, forgetSystemd, systemdSockets } from "../../lib/servers/systemd_sockets.ts";
import { assertEquals, test } from "../support/mod.ts";

function announce(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
}

test("systemdSockets() numbers and names what is announced to this process", () => {
  announce({ LISTEN_PID: `${Deno.pid}`, LISTEN_FDS: "2" });
  assertEquals(systemdSockets(), [{ name: "unknown", number: FIRST_DESCRIPTOR }, { name: "unknown", number: 4 }]);
  announce({ LISTEN_FDNAMES: "web:" });
  assertEquals(systemdSockets().map(({ name }) => name), ["web", ""]);
  announce({ LISTEN_PID: `${Deno.pid + 1}` });
  assertEquals(systemdSockets(), []);
  forgetSystemd();
  assertEquals(["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"].map((name) => Deno.env.has(name)), [false, false, false]);
});
