import { ClosedError, SyscallError } from "../../lib/core/mod.ts";
import { listenDatagram, MulticastMembership } from "../../lib/sockets/mod.ts";
import { assertEquals, assertRejects, test } from "../support/mod.ts";

const GROUPS = [["0.0.0.0", "239.255.17.2"], ["::", "ff01::1235"]] as const;

for (const [hostname, group] of GROUPS) {
  test(`MulticastMembership of ${group} is left once, and sets what the socket sends by`, async () => {
    using one = listenDatagram({ transport: "udp", hostname, port: 0 });
    const join = () => hostname === "::" ? one.joinMulticastV6(group, 1) : one.joinMulticastV4(group, 1);
    const membership = await join();
    assertEquals(membership instanceof MulticastMembership, true);
    assertEquals((await assertRejects(join, SyscallError)).code, "EADDRINUSE");
    await membership.setLoopback(true);
    await membership.setTTL(3);
    assertEquals([one.multicastLoopback, one.multicastTTL], [true, 3]);
    await assertRejects(() => membership.setTTL(256), SyscallError, "(EINVAL, setsockopt)");
    await assertRejects(() => membership.setLoopback(1 as unknown as boolean), TypeError);
    await membership.leave();
    assertEquals((await assertRejects(() => membership.leave(), SyscallError)).code, "EADDRNOTAVAIL");
    const again = await join();
    one.close();
    await assertRejects(() => again.leave(), ClosedError);
  });
}

test("MulticastMembership of no group or no interface is refused", async () => {
  using one = listenDatagram({ transport: "udp", port: 0 });
  await assertRejects(() => one.joinMulticastV4("127.0.0.1", "127.0.0.1"), SyscallError, "(EINVAL, setsockopt)");
  await assertRejects(() => one.joinMulticastV4("239.1.1.1", "192.0.2.1"), SyscallError, "(ENODEV, setsockopt)");
  await assertRejects(() => one.joinMulticastV4("example", "127.0.0.1"), TypeError, "not an address of AF_INET");
  await assertRejects(() => one.joinMulticastV6("ff02::1", -1), RangeError);
});
