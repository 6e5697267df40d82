import { identityOf } from "../../lib/processes/identity.ts";
import { capture, captureSync } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

/** What id(1) says of a user. */
function idOf(user: string): { uid: number; gid: number; groups: number[] } {
  const ask = (flag: string) => captureSync(["id", flag, user]).stdout.trim().split(" ").map(Number);
  return { uid: ask("-u")[0]!, gid: ask("-g")[0]!, groups: ask("-G") };
}

const sorted = (numbers: readonly number[] | undefined) => [...numbers ?? []].sort((a, b) => a - b);

for (const user of ["root", "nobody", "daemon"]) {
  test(`identityOf() knows ${user} by name and by number, as id(1) does`, () => {
    const wanted = idOf(user);
    for (const found of [identityOf({ user }), identityOf({ user: wanted.uid })]) {
      assertEquals({ ...found, groups: sorted(found.groups) }, { ...wanted, groups: sorted(wanted.groups) });
    }
  });
}

test("identityOf() takes groups by name and by number, beside or instead of a user's own", () => {
  const tty = Number(captureSync(["sh", "-c", "getent group tty | cut -d: -f3"]).stdout);
  assertEquals(identityOf({ group: "tty" }), { uid: undefined, gid: tty, groups: undefined });
  assertEquals(identityOf({ groups: ["tty", 7, "root"] }).groups, [tty, 7, 0]);
  const { gid, groups } = identityOf({ user: "nobody", group: "tty" });
  assertEquals(gid, tty);
  assert(groups!.includes(tty));
});

test("identityOf() of nothing changes nothing", () => {
  assertEquals(identityOf({}), { uid: undefined, gid: undefined, groups: undefined });
});

test("identityOf() wants to know the groups of a number that nobody knows", () => {
  assertThrows(() => identityOf({ user: 54_321 }), TypeError, "User 54321 is in no password file");
  assertThrows(() => identityOf({ user: 54_321, group: 1 }), TypeError, "give group and groups as well");
  assertEquals(identityOf({ user: 54_321, group: 1, groups: [] }), { uid: 54_321, gid: 1, groups: [] });
});

test("a child of another user has that user's ids, all of them, and its groups", async () => {
  const command = ["grep", "-E", "^(Uid|Gid|Groups)", "/proc/self/status"];
  const { stdout } = await capture(command, { user: "daemon", groups: [2, 3] });
  const ids = Object.fromEntries(stdout.trim().split("\n").map((line) => line.split(/:\s*/)));
  const { uid, gid } = idOf("daemon");
  assertEquals([ids.Uid, ids.Gid], [`${uid}\t`.repeat(4).trim(), `${gid}\t`.repeat(4).trim()]);
  assertEquals(ids.Groups.trim(), "2 3");
}, { skip: Deno.uid() !== 0 && "only root can become another user" });
