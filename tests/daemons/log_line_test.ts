import { plainFormat } from "../../lib/daemons/mod.ts";
import { programName, stamp } from "../../lib/daemons/log_line.ts";
import { capture } from "../../lib/processes/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("plainFormat() writes the date as Perl's localtime", async () => {
  for (const seconds of [863_606_446, 1_000_000_000, 1_733_011_200]) {
    const time = new Date(seconds * 1_000);
    const { stdout } = await capture(["perl", "-e", "print scalar localtime shift", `${seconds}`]);
    assertEquals(plainFormat({ text: "it works", name: "d", pid: 7, time }), `d 7: it works at ${stdout}`);
    assertEquals(stamp(time), stdout.slice(4, 19));
  }
}, { needs: ["perl"] });

test("programName() is the file's name without its ending", () => {
  // Whatever file runs the tests.
  assertEquals(/[/.]/.test(programName()), false);
});
