import { prepared } from "../../lib/terminals/cases.ts";
import { partsOf } from "../../lib/terminals/dialog_parts.ts";
import { Seat } from "../../lib/terminals/seat.ts";
import { EOF, Expect, type Patterns } from "../../mod.ts";
import { assertEquals, test } from "../support/mod.ts";

function seatOf(patterns: Patterns) {
  const dialog = new Expect({ readable: ReadableStream.from([]) });
  const parts = partsOf(dialog);
  const owner = { suspended: false, look: () => false, received: () => {}, fail: () => {} };
  const come = (text: string) => {
    parts.intake.buffer.append(text);
    parts.intake.received += text.length;
  };
  dialog.expectBefore(["before"]);
  dialog.expectAfter(["after", EOF]);
  return { seat: new Seat(owner, dialog, parts, prepared(patterns), 100), intake: parts.intake, come };
}

test("Seat.search() finds the earliest, then the first of before, call and after", () => {
  const { seat, come } = seatOf(["x", /be/, "f"]);
  assertEquals(seat.search(), undefined);
  come("-before");
  const found = seat.search()!;
  assertEquals([found.prepared.list, found.found.start, found.found.end], ["before", 1, 7]);
  assertEquals(seat.caseOf(EOF)?.list, "after");
});

test("Seat.search() looks again when something has come or was taken", () => {
  const { seat, intake, come } = seatOf("aa");
  come("a");
  assertEquals(seat.search(), undefined);
  come("ab");
  assertEquals(seat.search()?.found.end, 2);
  intake.take(1);
  assertEquals(seat.search(), undefined);
  come("aa");
  assertEquals(seat.search()?.found.start, 2);
});

test("Seat.search() does not find again what it was told to leave", () => {
  const { seat, intake, come } = seatOf("a");
  come("a");
  assertEquals(seat.search()?.found.start, 0);
  seat.leave();
  assertEquals([seat.told, seat.search()], [true, undefined]);
  come("b");
  assertEquals([seat.told, seat.search()?.found.start], [false, 0]);
  seat.leave();
  intake.take(1);
  assertEquals(seat.told, false);
});
