import { addressBytes, addressRange, isWithin } from "../../lib/servers/address_range.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

const within = (range: string, address: string) => isWithin(addressRange(range)!, addressBytes(address)!);

test("addressRange() has what its bits say, of both families", () => {
  const rows: [range: string, inside: string[], outside: string[]][] = [
    ["10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"], ["11.0.0.0", "9.255.255.255", "::1"]],
    ["192.168.4.0/22", ["192.168.4.1", "192.168.7.255"], ["192.168.8.0", "192.168.3.255"]],
    ["192.0.2.7", ["192.0.2.7"], ["192.0.2.6"]],
    ["0.0.0.0/0", ["1.2.3.4"], ["::1"]],
    ["::/0", ["::1", "fe80::1%lo"], ["1.2.3.4"]],
    ["2001:db8::/33", ["2001:db8:7fff::1"], ["2001:db8:8000::1"]],
    ["::ffff:10.0.0.0/104", ["10.9.9.9"], ["11.0.0.1"]],
  ];
  for (const [range, inside, outside] of rows) {
    assertEquals([...inside, ...outside].filter((one) => within(range, one)), inside, range);
  }
});

test("addressRange() refuses bits that there are not, and knows no names", () => {
  for (const text of ["10.0.0.0/33", "10.0.0.0/", "::/129", "::/-1", "10.0.0.0/8x"]) {
    assertThrows(() => addressRange(text), RangeError, text);
  }
  assertEquals([addressRange("localhost"), addressRange(".example.com"), addressBytes("127.1")], [
    undefined,
    undefined,
    undefined,
  ]);
});
