import { getpgrp, setpgid, spawn, SyscallError } from "../../mod.ts";
import { assertEquals, assertThrows, children, denoSource, test } from "../support/mod.ts";

const source = `
  import { getpgrp, setpgid, SyscallError } from "vasty/mod.ts";
  const before = getpgrp();
  setpgid();
  console.log(before === Deno.pid, getpgrp() === Deno.pid);
  setpgid(Deno.pid, before);
  console.log(getpgrp() === before);
`;

test("setpgid() makes the program a leader in place, and puts it back", async () => {
  const { stdout, stderr } = await denoSource(source);
  assertEquals([stdout, stderr], ["false true\ntrue\n", ""]);
});

test("getpgrp() says what ps(1) says", () => {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "pgid=", "-p", `${Deno.pid}`] }).outputSync();
  assertEquals(getpgrp(), Number(new TextDecoder().decode(stdout)));
}, { needs: ["ps"] });

test("setpgid() of the leader of a session is refused with EPERM", async () => {
  const body = `
    import { setpgid } from "vasty/mod.ts";
    try { setpgid(); } catch (error) { console.log(error.message); }
  `;
  const { stdout } = await denoSource(body, { under: ["setsid", "--wait"] });
  assertEquals(
    stdout,
    "Cannot put this process into a process group of its own: operation not permitted (EPERM, setpgid)\n",
  );
}, { needs: ["setsid"] });

test("setpgid() names what is no child, and what has executed a program", async () => {
  const strange = assertThrows(() => setpgid(1), SyscallError);
  assertEquals([strange.code, strange.pid], ["ESRCH", 1]);
  await using child = spawn(["sleep", "600"]);
  const late = assertThrows(() => setpgid(child.pid, getpgrp()), SyscallError);
  assertEquals([late.code, late.pid], ["EACCES", child.pid]);
  assertEquals(children().length, 1);
});

test("setpgid() refuses what is no number of a process before any call", () => {
  for (const wrong of [-1, 1.5, NaN, 2 ** 31]) {
    assertThrows(() => setpgid(wrong), RangeError, `${wrong} is no process`);
    assertThrows(() => setpgid(0, wrong), RangeError, `${wrong} is no process`);
  }
});
