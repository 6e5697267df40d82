import { AccessList, type NameLookup } from "../../lib/servers/access_list.ts";
import { linesInWorld, worldTest } from "../sockets/names_world.ts";
import { assertEquals, assertRejects, assertThrows, test, within } from "../support/mod.ts";

/** Names as a resolver would have them: "!" marks one that is not checked. */
const NAMES: Record<string, string> = {
  "192.0.2.1": "mail.example.com",
  "192.0.2.2": "!mail.example.com",
  "192.0.2.3": "WWW.Example.COM",
  "192.0.2.4": "badexample.com",
};

const lookup: NameLookup = (address) => {
  const hostname = typeof address === "string" ? address : address.hostname;
  const found = NAMES[hostname];
  if (found === undefined) return Promise.reject(new Error("nobody could be asked"));
  return Promise.resolve({ name: found.replace("!", ""), checked: !found.startsWith("!") });
};

async function allowed(allow: string[] | undefined, deny: string[] | undefined): Promise<string[]> {
  const list = new AccessList(allow, deny, lookup);
  const found: string[] = [];
  for (const hostname of ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"]) {
    if (await list.allows({ hostname, port: 1 })) found.push(hostname.slice(-1));
  }
  return found;
}

test("AccessList has deny before allow, and everybody without allow", async () => {
  assertEquals(await allowed(undefined, ["192.0.2.4/31"]), ["1", "2", "3"]);
  assertEquals(await allowed(["192.0.2.0/29"], ["192.0.2.1"]), ["2", "3", "4", "5"]);
  assertEquals(await allowed([], undefined), []);
});

test("AccessList lets a name in only where it is checked, and turns it away in any case", async () => {
  assertEquals(await allowed(["mail.example.com"], undefined), ["1"]);
  assertEquals(await allowed([".example.com"], undefined), ["1", "3"]);
  assertEquals(await allowed(["192.0.2.5", "www.example.com."], undefined), ["3", "5"]);
  // Who cannot be looked up (5) may be whoever is to be kept out.
  assertEquals(await allowed(undefined, ["mail.example.com"]), ["3", "4"]);
});

test("AccessList asks nobody where the address decides, and nothing of Unix sockets", () => {
  const list = new AccessList(["127.0.0.0/8", "example.com"], undefined, lookup);
  assertEquals(list.allows({ hostname: "::ffff:127.0.0.1", port: 1 }), true);
  assertEquals(new AccessList([], ["::1"], lookup).allows({ path: "" }), true);
});

test("AccessList says that a name may not be looked up, and whether it has names", async () => {
  const denied: NameLookup = () => Promise.reject(new Deno.errors.NotCapable("Requires net access"));
  const address = { hostname: "192.0.2.1", port: 1 };
  for (const [allow, deny] of [[["example.com"], undefined], [undefined, [".example.com"]]]) {
    const list = new AccessList(allow, deny, denied);
    assertEquals(list.hasNames, true);
    await assertRejects(async () => await list.allows(address), Deno.errors.NotCapable);
  }
  assertEquals(new AccessList(["192.0.2.0/24"], ["192.0.2.4"], denied).hasNames, false);
});

test("AccessList refuses rules that are none", () => {
  assertThrows(() => new AccessList(["10.0.0.0/99"]), RangeError);
  // What ends with digits would be a name that nobody has, and let in whom `deny` is to keep out.
  const numeric = ["127.0.0.", "127.0.0", "10", ".5", "127.0.0.256", "127.0.0.1.2", "relay.example.7"];
  for (const rule of ["", "two words", "*.example.com", 7, ...numeric]) {
    assertThrows(() => new AccessList([rule as string]), TypeError);
  }
  assertEquals(new AccessList(["7.example.com", "1a", "10.in-addr.arpa."]).hasNames, true);
  assertThrows(() => new AccessList("10.0.0.0/8" as unknown as string[]), TypeError);
});

worldTest("AccessList looks names up as the machine does, backwards and forwards", async () => {
  // 127.0.0.2 and 127.0.0.3 are "pair" in /etc/hosts; nobody knows 127.0.0.9.
  const source = `
    import { connect } from "vasty/lib/sockets/mod.ts";
    import { serve } from "vasty/lib/servers/mod.ts";
    async function served(options) {
      const from = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.9"];
      await using server = await serve({ hostname: "127.0.0.1", port: 0 }, (one) => one.writeLine("in"), options);
      const { port } = server.addresses[0];
      const lines = [];
      for (const localAddress of from) {
        using client = await connect({ hostname: "127.0.0.1", port, localAddress });
        if (await client.readLine({ timeout: ${within(20_000)} }) === "in") lines.push(localAddress);
      }
      return lines;
    }
    const log = () => {};
    await tell(() => served({ log, allow: ["pair"] }), Infinity);
    await tell(() => served({ log, allow: ["localhost", "127.0.0.9"] }), Infinity);
    await tell(() => served({ log, deny: ["PAIR."] }), Infinity);
    await tell(() => served({ log, allow: ["127.0.0.0/8"], deny: ["localhost"] }), Infinity);`;
  assertEquals(await linesInWorld(source), [
    '["127.0.0.2","127.0.0.3"]',
    '["127.0.0.1","127.0.0.9"]',
    // Who has no name has none that is denied.
    '["127.0.0.1","127.0.0.9"]',
    '["127.0.0.2","127.0.0.3","127.0.0.9"]',
  ]);
});
