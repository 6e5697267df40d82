import { pipe } from "../../lib/core/pipe.ts";
import { socketNames } from "../../lib/servers/socket_names.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { fcntl } from "../../ffi/fcntl.ts";
import { setNonBlocking } from "../../ffi/descriptors.ts";
import { listen } from "../../lib/sockets/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("socketNames() tells what a descriptor is, and changes nothing about it", async () => {
  using listener = await listen({ hostname: "127.0.0.1" });
  const { number } = listener.fd;
  setNonBlocking(number, false);
  const { kind, address } = socketNames(number);
  assertEquals([kind?.domain, kind?.type, kind?.listening, address], ["inet", "stream", true, listener.addr]);
  assertEquals(fcntl(number, FCNTL.F_GETFL, 0) & FCNTL.O_NONBLOCK, 0);
});

test("socketNames() knows nothing of what is no socket, or not open", () => {
  const { reader, writer } = pipe();
  assertEquals([socketNames(reader.number), socketNames(9_999)], [{}, {}]);
  reader.close();
  writer.close();
});
