import { SIGNAL } from "../../ffi/abi/signal.ts";
import { libcSigrtmax, libcSigrtmin } from "../../ffi/signal.ts";
import { nameOfSignal, numberOfSignal } from "../../lib/core/signal_names.ts";
import { assertEquals, assertThrows, test } from "../support/mod.ts";

test("numberOfSignal() takes Deno's names, Perl's short ones and numbers", () => {
  const min = libcSigrtmin();
  const max = libcSigrtmax();
  const cases: [string | number, number][] = [
    ["SIGTERM", 15],
    ["TERM", 15],
    ["SIGCHLD", 17],
    ["CLD", 17],
    ["SIGPOLL", 29],
    ["IOT", 6],
    ["SIGRTMIN", min],
    ["RTMIN+3", min + 3],
    ["SIGRTMAX", max],
    ["SIGRTMAX-2", max - 2],
    [9, 9],
    [0, 0],
    [max, max],
  ];
  for (const [signal, number] of cases) assertEquals(numberOfSignal(signal), number);
});

test("numberOfSignal() refuses what is no signal", () => {
  const max = libcSigrtmax();
  const wrong = ["", "SIG", "SIGNOPE", "sigterm", "term", "SIGTERM ", "15", "SIGRTMIN-1", "SIGRTMAX+1", "SIGRTMIN+99"];
  for (const signal of [...wrong, "SIGRTMIN+", "SIGSIGTERM", "constructor", -1, 1.5, NaN, max + 1]) {
    assertThrows(() => numberOfSignal(signal), TypeError, `There is no signal ${JSON.stringify(signal)}`);
  }
});

test("nameOfSignal() gives the name that numberOfSignal() takes", () => {
  for (const [name, number] of Object.entries(SIGNAL)) assertEquals(nameOfSignal(number), name);
  for (let number = libcSigrtmin(); number <= libcSigrtmax(); number++) {
    assertEquals(numberOfSignal(nameOfSignal(number)), number);
  }
  assertEquals(nameOfSignal(libcSigrtmin()), "SIGRTMIN");
});

test("nameOfSignal() says the number where there is no name", () => {
  for (const number of [0, 32, 33, 65, 4711]) assertEquals(nameOfSignal(number), `signal ${number}`);
});
