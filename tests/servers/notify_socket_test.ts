import { forgetNotifySocket, notifyAddress, notifySocket, rights } from "../../lib/servers/notify_socket.ts";
import { assertEquals, test } from "../support/mod.ts";

test("notifyAddress() is a path, an abstract name, or nothing", () => {
  const found = ["/run/x", "@x", ""].map((value) => {
    Deno.env.set("NOTIFY_SOCKET", value);
    return notifyAddress();
  });
  assertEquals(found, [{ path: "/run/x" }, { path: "\0x" }, undefined]);
  forgetNotifySocket();
  assertEquals([notifyAddress(), Deno.env.get("NOTIFY_SOCKET")], [undefined, undefined]);
});

test("notifySocket() sends datagrams, rights() what goes beside them", () => {
  using one = notifySocket();
  assertEquals([one.family, one.type], ["AF_UNIX", "SOCK_DGRAM"]);
  assertEquals(rights([]), []);
  assertEquals(rights([3, 258])[0]!.data.join(), "3,0,0,0,2,1,0,0");
});
