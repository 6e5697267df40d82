import { ERRNO, ERRNO_NAMES } from "../../ffi/abi/errno.ts";
import { errnoName, errnoText } from "../../ffi/errno.ts";
import { assert, assertEquals, test } from "../support/mod.ts";

test("errnoName() names every error, and says the number of one that has no name", () => {
  const cases: [number, string][] = [
    [1, "EPERM"],
    [2, "ENOENT"],
    [11, "EAGAIN"],
    [133, "EHWPOISON"],
    [41, "E41"],
    [0, "E0"],
    [4711, "E4711"],
  ];
  for (const [errno, name] of cases) assertEquals(errnoName(errno), name);
  for (const [name, errno] of Object.entries(ERRNO)) assertEquals(errnoName(errno), name);
});

test("errnoText() has libc's words, beginning with a small letter unless the word is an abbreviation", () => {
  const cases: [number, string][] = [
    [2, "no such file or directory"],
    [17, "file exists"],
    [11, "resource temporarily unavailable"],
    [121, "remote I/O error"],
    [4711, "unknown error 4711"],
  ];
  for (const [errno, text] of cases) assertEquals(errnoText(errno), text);
});

test("errnoText() has words for every error that has a name", () => {
  ERRNO_NAMES.forEach((name, i) => {
    if (name !== "-") assert(!errnoText(i + 1).startsWith("unknown"), name);
  });
});
