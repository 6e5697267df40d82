import { libc } from "../../ffi/libc.ts";
import { assert, assertEquals, assertMatch, deno, denoSource, repository, sample, test } from "../support/mod.ts";

/** What a program prints under `flags` and no others. */
async function output(name: string, ...flags: string[]): Promise<string> {
  const args = ["run", "--no-prompt", ...flags, program(name)];
  const { stdout } = await new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" }, stderr: "inherit" })
    .output();
  return new TextDecoder().decode(stdout).trim();
}

function program(name: string): string {
  return repository(`tests/ffi/programs/${name}`);
}

for (const flags of [[], ["--allow-read"], ["--allow-read=/proc"], ["--deny-read"]]) {
  test(
    `libc() names the flag that is missing, and the flag is enough, under ${flags.join() || "no flag"}`,
    async () => {
      const refused = await output("opens_libc.ts", ...flags);
      assertMatch(refused, /^true NotCapable: Requires ffi access to libc, run again with the --allow-ffi=\/\S+ flag$/);
      const flag = /--allow-ffi=\S+/.exec(refused)![0];
      const path = flag.slice("--allow-ffi=".length);
      assertEquals(await output("opens_libc.ts", flag), `opened ${path}`);
    },
    { skip: sample(["", "--allow-read"].includes(flags.join())) },
  );
}

test("libc() takes the path that was granted, whichever spelling of it", async () => {
  const real = Deno.realPathSync(libc().path);
  const spellings = new Set([libc().path, libc().path.replace(/^\/lib/, "/usr/lib"), real]);
  for (const path of spellings) {
    if (!/^(\/usr)?\/lib(64)?\/(\w+-linux-gnu\/)?libc\.so\.6$/.test(path)) continue;
    assertEquals(await output("opens_libc.ts", `--allow-ffi=${path}`), `opened ${path}`);
  }
});

test("libc() opens with bare --allow-ffi", async () => {
  assertMatch(await output("opens_libc.ts", "--allow-ffi"), /^opened \//);
});

test("the library works under --allow-ffi for libc and nothing else", async () => {
  const { stdout, stderr } = await deno(program("uses_everything.ts"));
  assertEquals([stdout, stderr], [`works with ${libc().path}\n`, ""]);
});

for (const [os, arch] of [["darwin", "aarch64"], ["windows", "x86_64"], ["linux", "riscv64"]]) {
  test(`the library imports on ${os} on ${arch}, and the first call says that it does not run there`, async () => {
    const { stdout, stderr } = await deno(program("other_platform.ts"), { flags: ["--allow-run"], args: [os!, arch!] });
    const line = `true vasty runs on Linux on x86_64 and aarch64, not on ${os} on ${arch}\n`;
    assertEquals([stdout, stderr], [`imported\n${line.repeat(3)}`, ""]);
  }, { skip: sample(arch === "riscv64") });
}

test("symbolAsData() finds what dlsym(3) finds, as is needed before glibc 2.34", async () => {
  const { stdout, stderr } = await denoSource(`
    import { libc, symbolAsData } from "vasty/ffi/libc.ts";
    for (const name of ["read", "posix_spawn", "__errno_location", "pthread_create", "environ", "no_such_symbol"]) {
      const [one, other] = [libc().symbol(name), symbolAsData(libc().path, name)];
      console.log(name, one === other, one > 0);
    }
  `);
  const found = ["read", "posix_spawn", "__errno_location", "pthread_create", "environ"];
  assertEquals(stderr, "");
  assertEquals(stdout, [...found.map((name) => `${name} true true`), "no_such_symbol true false", ""].join("\n"));
});

test("libc().symbol() gives 0 for what is not there", () => {
  assertEquals(libc().symbol("vasty_no_such_symbol"), 0);
  assert(libc().symbol("read") > 0);
});
