import { assertEquals, denoSource, EMULATED, test } from "../support/mod.ts";

const HEAD = `
  import { becomeStream, knowCopies, silence } from "vasty/lib/core/standard_streams.ts";
  import { linkOf, numbers } from "vasty/tests/support/proc.ts";
  const links = (wanted) => numbers("/proc/self/fd").filter((fd) => linkOf("/proc/self/fd/" + fd) === wanted).length;
`;

test("silence() leaves nothing of the streams, with the copies that Deno has made", async () => {
  const source = `${HEAD}
    const before = linkOf("/proc/self/fd/2");
    knowCopies();
    const had = links(before);
    silence("stderr");
    console.error("nobody reads this");
    console.log(linkOf("/proc/self/fd/2"), had > 1, links(before));`;
  const { stdout, stderr } = await denoSource(source);
  assertEquals({ stdout, stderr }, { stdout: "/dev/null true 0\n", stderr: "" });
}, { skip: EMULATED && "the emulator has no kcmp" });

test("becomeStream() leaves a descriptor alone that has the number of a copy", async () => {
  const source = `${HEAD}
    import { close } from "vasty/ffi/unistd.ts";
    import { newPipe } from "vasty/ffi/descriptors.ts";
    const before = linkOf("/proc/self/fd/2");
    knowCopies();
    const copy = numbers("/proc/self/fd").find((fd) => fd > 2 && linkOf("/proc/self/fd/" + fd) === before);
    close(copy);
    const [reader] = newPipe();
    silence("stderr");
    console.log(reader === copy, /^pipe:/.test(linkOf("/proc/self/fd/" + reader)));
    Deno.exit(0);`;
  const { stdout } = await denoSource(source);
  assertEquals(stdout, "true true\n");
}, { skip: EMULATED && "the emulator's own descriptors" });

test(
  "becomeStream() changes what children of Deno's get, and no other stream's, nor what a shell has copied",
  async () => {
    const path = await Deno.makeTempFile();
    const source = `
    import { becomeStream } from "vasty/lib/core/standard_streams.ts";
    import { open } from "vasty/ffi/fcntl.ts";
    import { cString } from "vasty/ffi/memory.ts";
    import { write } from "vasty/ffi/unistd.ts";
    becomeStream("stdout", open(cString(Deno.args[0]), 1, 0));
    const child = { args: ["-c", "echo output; echo error >&2"], stdout: "inherit", stderr: "inherit" };
    new Deno.Command("sh", child).outputSync();
    write(3, new TextEncoder().encode("copy"), 4);`;
    // As on a terminal: all are copies of one.
    const under = ["sh", "-c", '"$@" 2>&1 3>&1', "sh"];
    const flags = ["--allow-run=sh"];
    const { stdout } = await denoSource(source, { under, flags, args: [path] });
    assertEquals([stdout, await Deno.readTextFile(path)], ["error\ncopy", "output\n"]);
    await Deno.remove(path);
  },
  { skip: EMULATED && "the emulator has no kcmp" },
);
