import { ERRNO } from "../../ffi/abi/errno.ts";
import { FCNTL } from "../../ffi/abi/fcntl.ts";
import { bind, type Parameter } from "../../ffi/bind.ts";
import { errnoName } from "../../ffi/errno.ts";
import { open } from "../../ffi/fcntl.ts";
import { cString, readCString } from "../../ffi/memory.ts";
import { close, write } from "../../ffi/unistd.ts";
import { assert, assertEquals, assertThrows, test } from "../support/mod.ts";

// What these functions do with their arguments is what their manual pages say; nothing here is the library's own.
const longs = Array<Parameter>(5).fill("long");
const snprintf = bind("snprintf", ["buffer", "long", "buffer", ...longs] as const, "int");
const lseek = bind("lseek", ["int", "long", "int"], "long");
const strtol = bind("strtol", ["buffer", "buffer", "int"], "value");
const memcmp = bind("memcmp", ["buffer", "buffer", "long"], "int");

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

function print(format: string, ...values: number[]): string {
  const out = new Uint8Array(256);
  assertEquals(snprintf(out, 256, cString(format), ...values), text(out).length);
  return text(out);
}

/** Run `body` with a descriptor of a file that is empty and has no name any more. */
function withFile(body: (fd: number) => void): void {
  const path = Deno.makeTempFileSync();
  const fd = open(cString(path), FCNTL.O_RDWR | FCNTL.O_CLOEXEC, 0);
  Deno.removeSync(path);
  try {
    body(fd);
  } finally {
    close(fd);
  }
}

test("bind() passes eight arguments in their order", () => {
  assertEquals(print("%ld %ld %ld %ld %ld", 1, 2, 3, 4, 5), "1 2 3 4 5");
});

test("bind() passes 64-bit numbers whole, of either sign", () => {
  const values = [2 ** 31, -(2 ** 31) - 1, 2 ** 32 + 1, -(2 ** 40), Number.MAX_SAFE_INTEGER];
  assertEquals(print("%ld %ld %ld %ld %ld", ...values), values.join(" "));
});

test("bind() gives 64-bit results whole, of either sign", () => {
  withFile((fd) => assertEquals(lseek(fd, 2 ** 40 + 3, 0), 2 ** 40 + 3));
  for (const value of [0, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, -(2 ** 53) + 1]) {
    assertEquals(strtol(cString(String(value)), null, 10), value);
  }
});

test("bind() passes several buffers, each by its own address", () => {
  const sprintf = bind("snprintf", ["buffer", "long", "buffer", "buffer", "buffer", "buffer"], "int");
  const out = new Uint8Array(64);
  assertEquals(sprintf(out, 64, cString("%s-%s-%s"), cString("one"), cString("two"), cString("three")), 13);
  assertEquals(text(out), "one-two-three");
  assertEquals(memcmp(Uint8Array.of(1, 2), Uint8Array.of(1, 2), 2), 0);
  assert(memcmp(Uint8Array.of(1, 3), Uint8Array.of(1, 2), 2) > 0);
});

test("bind() passes a part of a buffer as that part", () => {
  const end = new BigUint64Array(1);
  const bytes = cString("xx17");
  assertEquals(strtol(bytes.subarray(2), end, 10), 17);
  const digits = new DataView(bytes.buffer, bytes.byteOffset + 3);
  assertEquals(strtol(digits, end, 10), 7);
  assertEquals(readCString(Number(end[0])), "");
});

test("bind() passes null as NULL, wherever it stands", () => {
  assertEquals(snprintf(null, 0, cString("%ld%ld%ld%ld%ld"), 1, 2, 3, 4, 5), 5);
  withFile((fd) => assertEquals(errnoName(-write(fd, null, 1)), "EFAULT"));
});

test("bind() passes an empty buffer that nothing is read from", () => {
  withFile((fd) => assertEquals(write(fd, new Uint8Array(0), 0), 0));
});

test("bind() returns -errno where each kind of result says that it failed", () => {
  const cases: [number, string][] = [
    [bind("close", ["int"], "int")(-1), "EBADF"],
    [lseek(-1, 0, 0), "EBADF"],
    [bind("fopen", ["buffer", "buffer"], "pointer")(cString("/no/such/file"), cString("r")), "ENOENT"],
    [bind("pthread_setname_np", ["long", "buffer"], "code")(thread(), cString("longer than fifteen")), "ERANGE"],
  ];
  for (const [actual, expected] of cases) assertEquals(errnoName(-actual), expected);
});

test("bind() has no errno left over from the call before", () => {
  assertEquals(close(-1), -ERRNO.EBADF);
  // -1 without an error: strtol's is a value, and of an "int" it is errno 0.
  assertEquals(strtol(cString("-1"), null, 10), -1);
  assertEquals(bind("abs", ["int"], "int")(-7), 7);
  assertEquals(bind("atoi", ["buffer"], "int")(cString("-1")), 0);
});

test("bind() gives -ENOSYS for a function that libc does not have", () => {
  const missing = bind("vasty_no_such_function", ["int"], "int");
  assertEquals([missing(1), missing(2), missing.address()], [-ERRNO.ENOSYS, -ERRNO.ENOSYS, 0]);
});

test("bind() keeps the results of calls apart that are made while another's arguments are got ready", () => {
  const inner = () => close(-1);
  assertEquals(print("%ld %ld %ld %ld %ld", inner(), 2, inner(), 4, inner()), "-9 2 -9 4 -9");
});

test("cString() refuses a NUL, which C would take for the end", () => {
  const error = assertThrows(() => cString("/tmp/a\0b", "The path"), TypeError);
  assertEquals(error.message, 'The path must not contain a NUL character: "/tmp/a\\u0000b"');
});

function thread(): number {
  return bind("pthread_self", [], "value")();
}
