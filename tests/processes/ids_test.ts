import { getegid, geteuid, getgid, getgroups, getuid, resetIds } from "../../mod.ts";
import { takeIdentity } from "../../lib/processes/ids.ts";
import { assert, assertEquals, denoSource, test } from "../support/mod.ts";

const ROOT = Deno.uid() !== 0 && "needs root, who may become somebody else";

/** What id(1) prints. */
function id(...args: string[]): number[] {
  const { stdout } = new Deno.Command("id", { args }).outputSync();
  return new TextDecoder().decode(stdout).trim().split(" ").map(Number);
}

test("getuid(), geteuid(), getgid(), getegid() and getgroups() say what id(1) says", () => {
  assertEquals([getuid(), geteuid()], [...id("-ru"), ...id("-u")]);
  assertEquals([getgid(), getegid()], [...id("-rg"), ...id("-g")]);
  const groups = new Set([...getgroups(), getegid()]);
  assertEquals([...groups].sort(), id("-G").sort());
});

/** What `body` prints in a program with the unscoped permissions that are named. */
async function output(body: string, ...flags: string[]): Promise<string> {
  const head = `
    import { getegid, geteuid, getgid, getgroups, getuid, resetIds } from "vasty/mod.ts";
    import { takeIdentity } from "vasty/lib/processes/ids.ts";
    import { setresgid, setresuid } from "vasty/ffi/unistd.ts";
    const attempt = (body) => { try { return String(body()) } catch (error) { return error.name + ": " + error.message } };
  `;
  const { stdout, stderr } = await denoSource(head + body, { flags });
  assertEquals(stderr, "");
  return stdout.trimEnd();
}

test("getuid() and the others ask for sys permission in the words of Deno.uid() and Deno.gid()", async () => {
  const body = `
    const theirs = { uid: attempt(Deno.uid), gid: attempt(Deno.gid) };
    for (const get of [getuid, geteuid]) console.log(attempt(get) === theirs.uid);
    for (const get of [getgid, getegid, getgroups]) console.log(attempt(get) === theirs.gid);
    console.log(attempt(resetIds) === theirs.uid, theirs.uid.startsWith("NotCapable"));
  `;
  assertEquals(await output(body), "true\ntrue\ntrue\ntrue\ntrue\ntrue true");
  assertEquals(
    await output(`console.log(attempt(getuid), attempt(getgid).slice(0, 10))`, "--allow-sys=uid"),
    `${Deno.uid()} NotCapable`,
  );
});

test("resetIds() changes nothing where the ids are the same", () => {
  const before = [getuid(), geteuid(), getgid(), getegid(), ...getgroups()];
  resetIds();
  assertEquals([getuid(), geteuid(), getgid(), getegid(), ...getgroups()], before);
});

test("resetIds() makes the real ids the effective and saved ones, for good, on all threads", async () => {
  const body = `
    setresgid(65534, 0, 0);
    setresuid(65534, 0, 0);
    console.log(getuid(), geteuid(), getgid(), getegid());
    resetIds();
    console.log(getuid(), geteuid(), getgid(), getegid());
    console.log(setresuid(-1, 0, -1), setresgid(-1, 0, -1));
    const refused = await Promise.allSettled(Array.from({ length: 40 }, () => Deno.readTextFile("/etc/shadow")));
    console.log(new Set(refused.map(({ reason }) => reason?.name)));
  `;
  assertEquals((await output(body, "--allow-sys", "--allow-read")).split("\n"), [
    "65534 0 65534 0",
    "65534 65534 65534 65534",
    "-1 -1",
    'Set(1) { "PermissionDenied" }',
  ]);
}, { skip: ROOT });

test("takeIdentity() puts groups, group and user in this order, and leaves what is so already", async () => {
  const body = `
    takeIdentity({ uid: 65534, gid: 65533, groups: [65533, 65532] }, "");
    console.log(getuid(), geteuid(), getgid(), getegid(), getgroups().sort().join());
    console.log(attempt(() => takeIdentity({ uid: 65534, gid: 65533, groups: [65532, 65533] }, "")));
    console.log(attempt(() => takeIdentity({ uid: 0 }, "begin: ")));
    console.log(attempt(() => takeIdentity({ uid: 65534, gid: 0 }, "begin: ")));
    console.log(attempt(() => takeIdentity({ uid: 65534, gid: 65533, groups: [0] }, "begin: ")));
  `;
  assertEquals((await output(body, "--allow-sys")).split("\n"), [
    "65534 65534 65533 65533 65532,65533",
    "undefined",
    "SyscallError: Cannot begin: set user 0: operation not permitted (EPERM, setresuid)",
    "SyscallError: Cannot begin: set group 0: operation not permitted (EPERM, setresgid)",
    "SyscallError: Cannot begin: set groups 0: operation not permitted (EPERM, setgroups)",
  ]);
}, { skip: ROOT });

test("takeIdentity() refuses a user from whom there is a way back", async () => {
  // The capabilities stay with whoever is no longer root.
  const under = ["setpriv", "--securebits=+no_setuid_fixup"];
  const { stdout } = await denoSource(
    `
      import { takeIdentity } from "vasty/lib/processes/ids.ts";
      try { takeIdentity({ uid: 65534 }, "begin: ") } catch (error) { console.log(error.message) }
    `,
    { under },
  );
  const message = "Cannot begin: set user 65534 for good: user 0 could be had again";
  assertEquals(stdout, `${message}: operation not permitted (EPERM, setresuid)\n`);
}, { needs: ["setpriv"], skip: ROOT });

test("takeIdentity() of nothing does nothing", () => {
  takeIdentity({}, "");
  assert(geteuid() === Deno.uid());
});

test("resetIds() gives real root back what an effective user could not do", async () => {
  const printed = await output(
    `
      setresuid(0, 65534, 0);
      const before = [getuid(), geteuid()];
      resetIds();
      console.log(...before, getuid(), geteuid());
    `,
    "--allow-sys",
  );
  assertEquals(printed, "0 65534 0 0");
}, { skip: ROOT });
