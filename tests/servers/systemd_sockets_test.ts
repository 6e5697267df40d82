import { FIRST_DESCRIPTOR, forgetSystemd, systemdSockets } from "../../lib/servers/systemd_sockets.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

function announce(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
}

test("systemdSockets() numbers and names what is announced to this process", () => {
  announce({ LISTEN_PID: `${Deno.pid}`, LISTEN_FDS: "2" });
  assertEquals([...systemdSockets()], [{ name: "unknown", number: FIRST_DESCRIPTOR }, { name: "unknown", number: 4 }]);
  announce({ LISTEN_FDNAMES: "web:" });
  assertEquals([...systemdSockets()].map(({ name }) => name), ["web", ""]);
  announce({ LISTEN_FDS: "3" });
  assertThrows(() => [...systemdSockets()], Deno.errors.InvalidData, "as many names as LISTEN_FDS says, 3");
  Deno.env.delete("LISTEN_FDNAMES");
  announce({ LISTEN_FDS: "999999999999999" });
  assertEquals(systemdSockets().next().value, { name: "unknown", number: FIRST_DESCRIPTOR });
  announce({ LISTEN_FDS: "0", LISTEN_FDNAMES: "" });
  assertEquals([...systemdSockets()], []);
  announce({ LISTEN_PID: `${Deno.pid + 1}` });
  assertEquals([...systemdSockets()], []);
  forgetSystemd();
  assertEquals(["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"].map((name) => Deno.env.has(name)), [false, false, false]);
});
