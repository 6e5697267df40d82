import { Environment, searchPath, variablesOf } from "../../lib/processes/environment.ts";
import { pointersAt, readCString } from "../../ffi/memory.ts";
import { capture, captureSync } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";

/** What a child with these options has in its environment. */
async function environment(env?: Record<string, string>, clearEnv?: boolean): Promise<string[]> {
  const { stdout } = await capture(["/usr/bin/env", "-0"], { env, clearEnv });
  return stdout.split("\0").slice(0, -1);
}

test("spawn() hands the whole environment on where nothing is said", async () => {
  const name = "VASTY_TEST_SET_NOW";
  Deno.env.set(name, "a=b\nc");
  try {
    const expected = Object.entries(Deno.env.toObject()).map(([name, value]) => `${name}=${value}`);
    assertEquals((await environment()).sort(), expected.sort());
  } finally {
    Deno.env.delete(name);
  }
});

test("spawn() adds and replaces the variables of env, each once", async () => {
  Deno.env.set("VASTY_A", "old");
  Deno.env.set("VASTY_AB", "kept");
  try {
    const found = (await environment({ VASTY_A: "new", VASTY_B: "", "VASTY é": "ü" })).filter((one) =>
      /^VASTY( é|_AB?|_B)=/.test(one)
    );
    assertEquals(found.sort(), ["VASTY é=ü", "VASTY_A=new", "VASTY_AB=kept", "VASTY_B="]);
  } finally {
    Deno.env.delete("VASTY_A");
    Deno.env.delete("VASTY_AB");
  }
});

test("spawn() gives env alone with clearEnv", async () => {
  assertEquals(await environment({ A: "1", B: "2=3" }, true), ["A=1", "B=2=3"]);
  assertEquals(await environment(undefined, true), []);
  assertEquals(await environment({}, true), []);
});

test("spawn() takes names that JavaScript's objects have of their own", async () => {
  const env = JSON.parse('{"__proto__": "1", "constructor": "2"}');
  assertEquals((await environment(env, true)).sort(), ["__proto__=1", "constructor=2"]);
  const found = (await environment({ A: "1" })).filter((one) => /^(toString|constructor)=/.test(one));
  assertEquals(found, []);
});

test("spawn() hands on what is not UTF-8", async () => {
  const source = `
    import { capture } from "vasty/mod.ts";
    const { stdoutBytes } = await capture(["sh", "-c", "printf %s \\"$ODD\\""], { env: { A: "1" } });
    console.log(stdoutBytes.join(" "));
  `;
  const under = ["perl", "-e", '$ENV{ODD} = "\\xff\\xfe"; exec @ARGV'];
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run=sh"], under });
  assertEquals({ stdout, stderr }, { stdout: "255 254\n", stderr: "" });
}, { needs: ["perl"] });

test("spawn() hands values on without permission to read them", async () => {
  const source = `
    import { capture } from "vasty/mod.ts";
    console.log(Deno.permissions.querySync({ name: "env" }).state);
    console.log((await capture(["sh", "-c", "echo $SECRET"])).stdout);
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run=sh"], env: { SECRET: "handed on" } });
  assertEquals({ stdout, stderr }, { stdout: "prompt\nhanded on\n\n", stderr: "" });
});

test("Environment is this program's own list where nothing changes, and frees what it made", () => {
  using same = new Environment(undefined, false);
  const expected = Object.entries(Deno.env.toObject()).map(([name, value]) => `${name}=${value}`);
  assertEquals(pointersAt(same.address).map(readCString).sort(), expected.sort());
  const made = new Environment({ A: "1" }, true);
  assertEquals(pointersAt(made.address).map(readCString), ["A=1"]);
  made[Symbol.dispose]();
  made[Symbol.dispose]();
});

test("Environment refuses what is not a name", () => {
  for (const name of ["", "=", "A=B"]) {
    assertThrows(() => new Environment({ [name]: "x" }, true), TypeError, "Not the name");
  }
});

test("searchPath() is the PATH that the child gets", () => {
  assertEquals(searchPath({ PATH: "/a:/b" }, false), ["/a", "/b"]);
  assertEquals(searchPath({ PATH: "" }, false), [""]);
  assertEquals(searchPath({}, false), Deno.env.get("PATH")!.split(":"));
  assertEquals(searchPath(undefined, true), ["/bin", "/usr/bin"]);
  assert(captureSync(["true"], { clearEnv: true }).status.success);
});

test("spawn() tells a child its process id in the variables that it is to have", async () => {
  const command = ["sh", "-c", 'echo "$$ $LISTEN_PID $JOB $KEPT"'];
  Deno.env.set("LISTEN_PID", "1");
  try {
    for (const env of [undefined, { KEPT: "kept", JOB: "no" }]) {
      const { stdout } = await capture(command, { env, pidVariables: { LISTEN_PID: "", JOB: "7f:" } });
      const pid = stdout.split(" ")[0]!;
      assertEquals(stdout.trimEnd(), `${pid} ${pid} 7f:${pid} ${env?.KEPT ?? ""}`.trimEnd());
    }
  } finally {
    Deno.env.delete("LISTEN_PID");
  }
});

test("Environment keeps room for a process id behind the text before it", () => {
  using made = new Environment({ A: "1", P: "old" }, true, { P: "x" });
  assertEquals(pointersAt(made.address).map(readCString), ["P=x", "A=1"]);
  assertEquals(made.pids, [pointersAt(made.address)[0]! + "P=x".length]);
  assertThrows(() => new Environment(undefined, true, { "": "" }), TypeError, "Not the name");
});

test("variablesOf() has what is named, and of what is handed on what may begin so", () => {
  const names = ["ld_a", " DYLD_B", "\t\u00a0LD_C", "L", "LD", "LDX", "XLD_", "LD_D"].map((name) => `${name}VASTY`);
  names.push("L", "ld", "DYL", " ");
  const before = names.map((name) => Deno.env.get(name));
  for (const name of names) Deno.env.set(name, `${name} é`);
  try {
    const found = new Map(variablesOf({ LD_DVASTY: "given", A: "1" }, false, ["LD_", "DYLD_"]));
    const wanted: Record<string, string> = { LD_DVASTY: "given", A: "1" };
    for (const name of ["ld_aVASTY", " DYLD_BVASTY"]) wanted[name] = `${name} é`;
    for (const name of [...names, "A"]) {
      if (!/\u00a0/.test(name)) assertEquals(found.get(name), wanted[name], name);
    }
    assert(found.has("\t\u00a0LD_CVASTY"));
    assert(!found.has("PATH") && !found.has("HOME"));
    assertEquals([...variablesOf({ A: "1" }, true, ["LD_"])], [["A", "1"]]);
  } finally {
    for (const [i, name] of names.entries()) {
      before[i] === undefined ? Deno.env.delete(name) : Deno.env.set(name, before[i]);
    }
  }
});

const LOADERS: [what: string, env: Record<string, string>, clearEnv: boolean][] = [
  ["that is inherited", {}, false],
  ["that is given beside it", { ld_a: "1" }, false],
  ["that is emptied", { LD_BIND_NOT: "" }, false],
  ["that is not handed on", {}, true],
];
for (const [what, env, clearEnv] of LOADERS) {
  test(`captureSync() asks for leave as Deno does where the loader has a variable ${what}`, async () => {
    const source = `
      import { captureSync } from "vasty/mod.ts";
      const options = ${JSON.stringify({ env, clearEnv })};
      const ask = (call) => {
        try {
          call();
          return "granted";
        } catch (error) {
          return error.name + error.message;
        }
      };
      console.log(ask(() => captureSync(["/bin/true"], options)));
      console.log(ask(() => new Deno.Command("/bin/true", options).outputSync()));`;
    const under: [string, ...string[]] = ["env", "LD_BIND_NOT=1"];
    const { stdout } = await denoSource(source, { flags: ["--allow-run=/bin/true"], under });
    const [ours, theirs] = stdout.trimEnd().split("\n");
    assertEquals(ours, theirs);
    assertEquals(ours === "granted", clearEnv || env.LD_BIND_NOT === "");
  });
}
