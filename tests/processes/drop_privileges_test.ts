import { dropPrivileges } from "../../lib/processes/mod.ts";
import { assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";

test("dropPrivileges() changes root, groups, group and user, and there is no way back", async () => {
  const folder = await Deno.makeTempDir();
  const source = `
    import { dropPrivileges, getgid, getgroups, getuid } from "vasty/mod.ts";
    import { open } from "vasty/ffi/fcntl.ts";
    import { cString } from "vasty/ffi/memory.ts";
    import { setresuid } from "vasty/ffi/unistd.ts";
    dropPrivileges({ user: "nobody", chroot: Deno.args[0] });
    console.log(getuid() > 0, getgid() > 0, getgroups().includes(0), setresuid(0, 0, 0) < 0, open(cString("/etc"), 0, 0) < 0);
    try { dropPrivileges({ user: 0, group: 0, groups: [0] }) } catch (error) { console.log(error.code) }`;
  const flags = ["--allow-sys=uid,gid", `--allow-read=${folder}`];
  const { stdout, stderr } = await denoSource(source, { args: [folder], flags });
  assertEquals({ stdout, stderr }, { stdout: "true true false true true\nEPERM\n", stderr: "" });
  await Deno.remove(folder);
}, { skip: Deno.uid() !== 0 && "only root may do it" });

test("dropPrivileges() refuses before it changes anything", async () => {
  assertThrows(() => dropPrivileges({ user: "no such user" }), TypeError, "no such user");
  assertThrows(() => dropPrivileges({ chroot: "a\0b" }), TypeError, "NUL");
  assertThrows(
    () => dropPrivileges({ chroot: "/no such folder" }),
    Error,
    'Cannot change the root to "/no such folder"',
  );
  const source = `
    import { dropPrivileges } from "vasty/mod.ts";
    for (const options of [{ user: 0 }, { group: 0 }, { chroot: "/tmp" }]) {
      try { dropPrivileges(options) } catch (error) { console.log(error.name) }
    }`;
  assertEquals((await denoSource(source)).stdout, "NotCapable\n".repeat(3));
});
