import { holderInWords, type LockHolder, parseLocks, pidOf } from "../../lib/locks/holders.ts";
import { assertEquals, test } from "../support/mod.ts";

const TEXT = `1: FLOCK  ADVISORY  WRITE 4711 fe:00:131090 0 EOF
1: -> FLOCK  ADVISORY  WRITE 4712 fe:00:131090 0 EOF
2: POSIX  ADVISORY  READ 815 fe:00:131090 1073741826 1073742335
3: OFDLCK ADVISORY  WRITE -1 fe:00:131090 10 10
4: POSIX  ADVISORY  READ 0 103:0a:131090 0 EOF
5: LEASE  ACTIVE    READ 99 fe:00:131090 0 EOF
6: FLOCK  ADVISORY  READ 7 fe:00:13109 0 EOF
`;

test("parseLocks() reads the lines of /proc/locks on one file, waiters and leases left out", () => {
  assertEquals(parseLocks(TEXT, "254:0:131090"), [
    { kind: "flock", mode: "exclusive", pid: 4711, start: 0, length: Infinity },
    { kind: "posix", mode: "shared", pid: 815, start: 1073741826, length: 510 },
    { kind: "ofd", mode: "exclusive", pid: undefined, start: 10, length: 1 },
  ]);
  assertEquals(parseLocks(TEXT, "259:10:131090"), [
    { kind: "posix", mode: "shared", pid: undefined, start: 0, length: Infinity },
  ]);
  assertEquals(parseLocks("", "254:0:131090"), []);
});

test("holderInWords() names a process where it is known", () => {
  const holder: LockHolder = { kind: "flock", mode: "shared", pid: 17, start: 0, length: Infinity };
  assertEquals(holderInWords(holder), " by process 17");
  assertEquals(holderInWords({ ...holder, pid: Deno.pid }), " by this process");
  assertEquals(holderInWords({ ...holder, pid: undefined }), "");
  assertEquals(holderInWords({ ...holder, pid: undefined, kind: "ofd" }), " by an open file, lslocks shows whose");
  assertEquals([holderInWords(undefined), pidOf(0), pidOf(-1), pidOf(5)], ["", undefined, undefined, 5]);
});
