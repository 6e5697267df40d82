import { hostname, ownAddress } from "../../lib/sockets/mod.ts";
import { assertEquals, assertRejects, denoSource, test } from "../support/mod.ts";
import { perl } from "./name_peers.ts";
import { linesInWorld, worldTest } from "./names_world.ts";

test("hostname() is what Perl and Deno say", async () => {
  assertEquals(await perl("use Sys::Hostname (); print Sys::Hostname::hostname()", [""]), [hostname()]);
  assertEquals(hostname(), Deno.hostname());
}, { needs: ["perl"] });

test("hostname() and ownAddress() ask for sys permission", async () => {
  const source = `
    import { hostname, ownAddress } from "vasty/lib/sockets/mod.ts";
    try { hostname(); } catch (error) { console.log(error.name, error.message); }
    await ownAddress().catch((error) => console.log(error.name, error.message));`;
  const { stdout, stderr } = await denoSource(source);
  const refused = 'NotCapable Requires sys access to "hostname", run again with the --allow-sys flag\n';
  assertEquals([stderr, stdout], ["", refused + refused]);
});

worldTest("ownAddress() is an address of the own name, and needs no leave but the name's", async () => {
  const source = `
    import { sethostname } from "vasty/tests/sockets/sethostname.ts";
    for (const name of ["own", "true.example", "localhost", "localhost6", "nowhere.example"]) {
      sethostname(name);
      await tell(() => hostname());
      await tell(() => ownAddress());
    }
    sethostname("silent.example");
    await tell(() => ownAddress({ timeout: 50 }));`;
  assertEquals(await linesInWorld(source, ["--allow-sys=hostname"]), [
    '"own"',
    '"192.0.2.1"',
    '"true.example"',
    '"192.0.2.7"',
    '"localhost"',
    '"127.0.0.1"',
    '"localhost6"',
    '"::1"',
    '"nowhere.example"',
    'SyscallError EAI_NONAME Cannot look up "nowhere.example": name or service not known (EAI_NONAME, getaddrinfo)',
    "TimeoutError 23 Timed out after 50 ms",
  ]);
});

test("ownAddress() can be given up before it begins", async () => {
  await assertRejects(() => ownAddress({ timeout: 0 }), DOMException, "Timed out after 0 ms");
  await assertRejects(() => ownAddress({ signal: AbortSignal.abort(new Error("enough")) }), Error, "enough");
});
