import { receiveAll } from "../../lib/servers/receiving.ts";
import { Room } from "../../lib/servers/room.ts";
import { Journal } from "../../lib/servers/server_log.ts";
import { listenDatagram } from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("receiveAll() takes datagrams as far as there is room, until its signal, and leaves the others", async () => {
  const here = { transport: "udp", hostname: "127.0.0.1", port: 0 } as const;
  using socket = listenDatagram(here);
  using client = listenDatagram(here);
  await client.connect(socket.addr);
  const controller = new AbortController();
  const room = new Room(2);
  const came: number[] = [];
  const second = Promise.withResolvers<void>();
  const taken = ({ bytes }: { bytes: Uint8Array }) => {
    if (came.push(bytes[0]!) === 2) second.resolve();
  };
  const running = receiveAll({ socket, room, journal: new Journal(() => {}), signal: controller.signal, taken });
  for (const byte of [1, 2, 3]) await client.send(Uint8Array.of(byte));
  await second.promise;
  controller.abort();
  room.leave();
  await running;
  assertEquals(came, [1, 2]);
  assertEquals((await socket.receive(undefined, { timeout: 5_000 }))[0], Uint8Array.of(3));
});
