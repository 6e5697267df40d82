import { receiveAll } from "../../lib/servers/receiving.ts";
import { Room } from "../../lib/servers/room.ts";
import { Journal } from "../../lib/servers/server_log.ts";
import { listenDatagram } from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";
import { received } from "./served.ts";

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

test("receiveAll() settles once a datagram that it has received has its room, or the socket is closed", async () => {
  for (const close of [false, true]) {
    const here = { transport: "udp", hostname: "127.0.0.1", port: 0 } as const;
    using socket = listenDatagram(here);
    using client = listenDatagram(here);
    const controller = new AbortController();
    const room = new Room(1);
    const came: number[] = [];
    const taken = ({ bytes }: { bytes: Uint8Array }) => void came.push(bytes[0]!);
    const running = receiveAll({ socket, room, journal: new Journal(() => {}), signal: controller.signal, taken });
    room.take();
    await client.send(Uint8Array.of(1), socket.addr);
    await received(socket);
    controller.abort();
    if (close) socket.close();
    room.leave();
    await running;
    assertEquals([came, room.taken], close ? [[], 0] : [[1], 1]);
  }
});
