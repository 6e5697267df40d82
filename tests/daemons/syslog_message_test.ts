import { checkFacility, checkPriority, syslogLine } from "../../lib/daemons/syslog_message.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("syslogLine() has the number of facility and priority, the date, and who it is", () => {
  const time = new Date(2026, 0, 5, 3, 4, 5);
  const line = (pid?: number) => syslogLine({ ident: "d", facility: "local7", pid }, "debug", "text", time);
  assertEquals([line(7), line()], ["<191>Jan  5 03:04:05 d[7]: text", "<191>Jan  5 03:04:05 d: text"]);
  assertEquals(syslogLine({ ident: "d", facility: "kern", pid: 1 }, "emerg", "", time).slice(0, 3), "<0>");
});

test("checkFacility() and checkPriority() refuse what there is not", () => {
  assertThrows(() => checkFacility("none" as "user"), TypeError, "facility");
  assertThrows(() => checkPriority("none" as "info"), TypeError, "priority");
});
