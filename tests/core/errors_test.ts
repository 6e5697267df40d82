import { ERRNO, ERRNO_NAMES } from "../../ffi/abi/errno.ts";
import { check, ClosedError, SyscallError, syscallError } from "../../lib/core/errors.ts";
import { assert, assertEquals, assertMatch, assertThrows, test } from "../support/mod.ts";

test("SyscallError says what was wanted, why not, and which call refused", () => {
  const error = syscallError('create FIFO "/run/q"', ERRNO.EEXIST, "mkfifo", { path: "/run/q" });
  assertEquals(error.message, 'Cannot create FIFO "/run/q": file exists (EEXIST, mkfifo)');
  assertEquals(error.name, "SyscallError");
  assertEquals(String(error), `SyscallError: ${error.message}`);
});

test("SyscallError has its code, number, call and subject as fields", () => {
  const subject = { path: "/run/q", pid: 1, fd: 3, key: 4711, address: "127.0.0.1:80" };
  const error = syscallError("open it", ERRNO.ENOENT, "open", subject);
  const { code, errno, syscall, path, pid, fd, key, address } = error;
  assertEquals({ code, errno, syscall }, { code: "ENOENT", errno: 2, syscall: "open" });
  assertEquals({ path, pid, fd, key, address }, subject);
  assertEquals("path" in syscallError("open it", ERRNO.ENOENT, "open"), false);
});

test("SyscallError begins its stack where the call was made", () => {
  const made = (function making() {
    return syscallError("open it", ERRNO.ENOENT, "open");
  })();
  assertMatch(made.stack!.split("\n")[1]!, /making .*errors_test\.ts/);
});

const CLASSES: Record<string, new (message: string) => Error> = {
  ENOENT: Deno.errors.NotFound,
  EEXIST: Deno.errors.AlreadyExists,
  EACCES: Deno.errors.PermissionDenied,
  EPERM: Deno.errors.PermissionDenied,
  ECONNREFUSED: Deno.errors.ConnectionRefused,
  ECONNRESET: Deno.errors.ConnectionReset,
  ECONNABORTED: Deno.errors.ConnectionAborted,
  ENOTCONN: Deno.errors.NotConnected,
  EADDRINUSE: Deno.errors.AddrInUse,
  EADDRNOTAVAIL: Deno.errors.AddrNotAvailable,
  EPIPE: Deno.errors.BrokenPipe,
  ETIMEDOUT: Deno.errors.TimedOut,
  EINTR: Deno.errors.Interrupted,
  EAGAIN: Deno.errors.WouldBlock,
  EBADF: Deno.errors.BadResource,
  EBUSY: Deno.errors.Busy,
  EISDIR: Deno.errors.IsADirectory,
  ENOTDIR: Deno.errors.NotADirectory,
  ELOOP: Deno.errors.FilesystemLoop,
};

for (const [code, Class] of Object.entries(CLASSES)) {
  test(`SyscallError with ${code} is one of ${Class.name} as well`, () => {
    const error = syscallError("do it", ERRNO_NAMES.indexOf(code) + 1, "call");
    assertEquals(error.code, code);
    assert(error instanceof Class && error instanceof SyscallError && error instanceof Error);
  });
}

test("SyscallError has no class of Deno's where there is none for the condition", () => {
  const error = syscallError("do it", ERRNO.EINVAL, "call");
  assertEquals(Object.values(Deno.errors).filter((Class) => error instanceof Class), []);
  assert(error instanceof SyscallError);
});

test("SyscallError knows the errors of another copy of the library", async () => {
  const another = `${import.meta.resolve("../../lib/core/errors.ts")}?another`;
  const other: typeof import("../../lib/core/errors.ts") = await import(another);
  assert(other.SyscallError !== SyscallError);
  const theirs = other.syscallError("open it", ERRNO.ENOENT, "open");
  assert(theirs instanceof SyscallError && theirs instanceof Deno.errors.NotFound);
  assert(syscallError("open it", ERRNO.EINVAL, "open") instanceof other.SyscallError);
});

test("SyscallError knows no error that is not one", () => {
  for (
    const value of [new Error("x"), new Deno.errors.NotFound("x"), { code: "ENOENT" }, null, undefined, "ENOENT", 2]
  ) {
    assertEquals(value instanceof SyscallError, false);
  }
});

test("check() gives the value, or throws the error that it stands for", () => {
  assertEquals([check(0, "do it", "call"), check(7, "do it", "call")], [0, 7]);
  const error = assertThrows(() => check(-ERRNO.EMFILE, "do it", "call", { fd: 3 }), Error) as SyscallError;
  assertEquals([error.code, error.fd], ["EMFILE", 3]);
});

test("ClosedError is Deno's BadResource, and no failure of a system call", () => {
  const error = new ClosedError("The stream was closed");
  assertEquals(String(error), "ClosedError: The stream was closed");
  assert(error instanceof Deno.errors.BadResource && !(error instanceof SyscallError));
});
