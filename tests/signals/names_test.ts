import { signalName, signalNames, signalNumber } from "../../lib/signals/mod.ts";
import { assert, assertEquals, assertThrows, EMULATED, test } from "../support/mod.ts";
import { output } from "./subject.ts";

test("signalNumber() and signalName() know each signal as bash does", async () => {
  // "1) SIGHUP 2) SIGINT ..."; bash counts the upper half of the real-time signals down from SIGRTMAX.
  const listed = [...(await output("bash", "-c", "kill -l")).matchAll(/(\d+)\) (SIG\S+)/g)];
  assertEquals(listed.length, 62);
  for (const [, number, name] of listed) {
    assertEquals(signalNumber(name!), Number(number), name);
    assertEquals(signalNumber(signalName(name!)), Number(number));
  }
  assertEquals(signalNames().map(signalNumber), listed.map(([, number]) => Number(number)));
}, { skip: EMULATED && "qemu has fewer real-time signals than the bash outside" });

test("signalName() gives the usual one of several names, with or without SIG, by name or number", () => {
  for (const [name, usual] of [["CLD", "SIGCHLD"], ["POLL", "SIGIO"], ["IOT", "SIGABRT"], ["SIGCLD", "SIGCHLD"]]) {
    assertEquals(signalName(name!), usual);
    assertEquals(signalName(signalNumber(name!)), usual);
  }
  assertEquals([signalName(32), signalName(33), signalName(34)], ["signal 32", "signal 33", "SIGRTMIN"]);
  assertEquals([signalName("RTMAX"), signalName("SIGRTMAX-1")], ["SIGRTMIN+30", "SIGRTMIN+29"]);
});

test("signalNames() has every signal once, in the order of the numbers, without glibc's own", () => {
  const names = signalNames();
  const numbers = names.map(signalNumber);
  assertEquals(numbers, [...new Set(numbers)].sort((a, b) => a - b));
  assert(!numbers.includes(32) && !numbers.includes(33));
  assertEquals(names.map(signalName), names);
});

test("signalNumber() and signalName() refuse what is no signal", () => {
  const none = ["SIGFOO", "", "SIG", "sigterm", "RTMIN+31", "RTMIN-1", "RTMAX+1", "SIGRTMIN+", "-TERM", "15"];
  for (const signal of [...none, -1, 0, 65, 1.5, NaN, Infinity]) {
    assertThrows(() => signalNumber(signal), TypeError, "There is no signal");
    assertThrows(() => signalName(signal), TypeError, "There is no signal");
  }
  for (const name of ["__proto__", "toString", "constructor"]) assertThrows(() => signalNumber(name), TypeError);
});
