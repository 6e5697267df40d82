import { keyOf, keyText } from "../../lib/sysv/key.ts";
import { ftok, IPC_PRIVATE } from "../../lib/sysv/mod.ts";
import { SyscallError } from "../../mod.ts";
import { assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";
import { perl, python } from "./foreign.ts";

/** Of the last one the highest bit of the key is set. */
const IDS = [1, 2, 65, 127, 255];

test("ftok() makes the keys that Perl and Python make, of several files and ids", async () => {
  const made = Deno.makeTempFileSync({ prefix: "Grüße " });
  try {
    const files = [made, "/tmp", "/etc/passwd", "/dev/null"];
    const ours = files.flatMap((file) => IDS.map((id) => ftok(file, id))).join(" ");
    const perls =
      'use IPC::SysV "ftok"; print join(" ", map { my $f = $_; map { ftok($f, $_) & 0xffffffff } IDS } @ARGV)';
    const pythons = "print(*[sysv_ipc.ftok(f, i, True) & 0xffffffff for f in a for i in [IDS]], end='')";
    assertEquals(await perl(perls.replace("IDS", `(${IDS})`), ...files), ours);
    assertEquals(await python(pythons.replace("IDS", `${IDS}`), ...files), ours);
  } finally {
    Deno.removeSync(made);
  }
}, { needs: ["perl", "sysv_ipc"] });

test("ftok() takes the lowest 8 bits of the id, 1 by default, and a URL", () => {
  assertEquals(ftok("/etc/passwd", 0x141), ftok("/etc/passwd", 0x41));
  assertEquals(ftok("/etc/passwd", -1), ftok("/etc/passwd", 255));
  assertEquals(ftok(new URL("file:///etc/passwd")), ftok("/etc/passwd", 1));
  assertEquals(ftok("/etc/passwd", 255) > 0x8000_0000, true);
});

test("ftok() refuses what is no id and no path, and names a file that is missing", () => {
  for (const id of [0, 256, -512, 1.5, NaN, Infinity]) {
    assertThrows(() => ftok("/etc/passwd", id), RangeError, "A project id is an integer whose lowest 8 bits are not 0");
  }
  assertThrows(() => ftok("/etc/pass\0wd"), TypeError, "NUL");
  assertThrows(() => ftok(new URL("http://example.com/")), TypeError, "Not the URL of a file");
  const error = assertThrows(() => ftok("/nowhere/at/all"), SyscallError);
  assertEquals(
    [error.message, error.path, error instanceof Deno.errors.NotFound],
    [
      'Cannot make a key of "/nowhere/at/all": no such file or directory (ENOENT, ftok)',
      "/nowhere/at/all",
      true,
    ],
  );
});

test("ftok() asks for leave to read the file", async () => {
  const source = `
    import { ftok } from "vasty/lib/sysv/mod.ts";
    try { ftok("/etc/passwd"); } catch (error) { console.log(error.name, error.message); }
    console.log(ftok("/etc/hostname") > 0);`;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-read=/etc/hostname"] });
  assertEquals([stderr, stdout], [
    "",
    'NotCapable Requires read access to "/etc/passwd", run again with the --allow-read flag\ntrue\n',
  ]);
});

test("keyOf() has keys without a sign, and refuses what is none", () => {
  assertEquals([0, 1234, 0xffff_ffff, -1, -(2 ** 31)].map(keyOf), [0, 1234, 0xffff_ffff, 0xffff_ffff, 0x8000_0000]);
  for (const key of [2 ** 32, -(2 ** 31) - 1, 1.5, NaN, Infinity]) {
    assertThrows(() => keyOf(key), RangeError, `A key is an integer of 32 bits: ${key}`);
  }
});

test("keyText() shows a key as ipcs(1) does", () => {
  assertEquals([IPC_PRIVATE, 1234, -1].map(keyText), ["0x00000000", "0x000004d2", "0xffffffff"]);
});
