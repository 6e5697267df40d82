import { forgetServerStarter, serverStarterSockets } from "../../lib/servers/server_starter_sockets.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("serverStarterSockets() numbers and names what is announced", () => {
  assertEquals(serverStarterSockets(), []);
  Deno.env.set("SERVER_STARTER_PORT", "80=3;[::1]:81=4;/run/a=5/x=6");
  assertEquals(serverStarterSockets(), [
    { name: "80", number: 3 },
    { name: "[::1]:81", number: 4 },
    { name: "/run/a=5/x", number: 6 },
  ]);
  for (const bad of ["80", "80=", "=3", "80=3;", "80=x"]) {
    Deno.env.set("SERVER_STARTER_PORT", bad);
    assertThrows(() => serverStarterSockets(), Deno.errors.InvalidData, JSON.stringify(bad));
  }
  forgetServerStarter();
  assertEquals(Deno.env.has("SERVER_STARTER_PORT"), false);
});
