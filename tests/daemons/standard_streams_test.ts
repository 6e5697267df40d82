import { assertEquals, denoSource, EMULATED, test } from "../support/mod.ts";

const HEAD = `
  import { becomeStream, knowCopies, silence } from "vasty/lib/daemons/standard_streams.ts";
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
