import { openSelf, pipe, spawn, waitReadable, warmSelf } from "../../mod.ts";
import { libc } from "../../ffi/libc.ts";
import { moduleBeingLoaded } from "../../lib/processes/self_child.ts";
import { selfCommand } from "../../lib/processes/self_command.ts";
import { assert, assertEquals, assertMatch, deno, denoSource, repository, sample, test } from "../support/mod.ts";

const MODULE = new URL("programs/self_exports.ts", import.meta.url).href;
const ROOT = Deno.uid() !== 0 && "needs root, who may become somebody else";

/** What the export `name` printed as another user. */
async function printed(name: string, args: unknown[], options: Parameters<typeof openSelf>[4]): Promise<string> {
  await using child = openSelf("-|", MODULE, name, args, options);
  const text = await new Response(child.readable).text();
  await child.close();
  return text.trimEnd();
}

test("openSelf() with a user becomes that one in every way", async () => {
  const nobody = [65534, 65534, 65534];
  const cases = [
    [{ user: "nobody" }, [nobody, nobody, [65534]]],
    [{ user: 65534, group: 1234, groups: [1235] }, [nobody, [1234, 1234, 1234], [1235]]],
    [{ user: "nobody", group: "daemon", groups: [] }, [nobody, [1, 1, 1], []]],
  ] as const;
  for (const [options, expected] of cases) {
    assertEquals(JSON.parse(await printed("identity", [], options)), expected);
  }
}, { skip: ROOT });

test("openSelf() with a user cannot become root again, nor open what that user may not, on any thread", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.chmod(folder, 0o755);
    await Deno.writeTextFile(`${folder}/secret`, "secret", { mode: 0o600 });
    const options = { user: "nobody", permissions: { read: true } };
    assertEquals(await printed("breaksOut", [`${folder}/secret`], options), "-1 PermissionDenied TypeError 43");
    // Nor may it do what its Deno was not allowed to.
    assertEquals(await printed("breaksOut", [`${folder}/secret`], { user: "nobody" }), "-1 NotCapable TypeError 43");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { skip: ROOT });

test("openSelf() works for a user who can read neither Deno nor the module", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.chmod(folder, 0o700);
    await Deno.copyFile(Deno.execPath(), `${folder}/deno`);
    await Deno.writeTextFile(
      `${folder}/main.ts`,
      `import { openSelf, getuid } from "${new URL("../../mod.ts", import.meta.url).href}";
      export const uid = () => console.log(getuid());
      if (import.meta.main) {
        const options = { user: "nobody", permissions: { sys: ["uid"] } };
        for (const _ of [1, 2]) {
          await using child = openSelf("none", import.meta.url, "uid", [], options);
          await child.close();
        }
      }`,
    );
    const flags = [`--allow-ffi=${libc().path}`, "--allow-run", "--allow-sys", "--no-prompt", "--quiet"];
    const command = new Deno.Command(`${folder}/deno`, { args: ["run", ...flags, `${folder}/main.ts`] });
    const { stdout, stderr } = await command.output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    assertEquals([text(stdout), text(stderr)], ["65534\n65534\n", ""]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, { skip: ROOT });

test("warmSelf() becomes another user with each order", async () => {
  await using warm = warmSelf("-|", MODULE);
  for (const user of ["nobody", "daemon"]) {
    await using child = warm.open("identity", [], { user });
    const [[uid]] = JSON.parse(await new Response(child.readable).text());
    await child.close();
    assertEquals(uid, user === "nobody" ? 65534 : 1);
  }
}, { skip: ROOT });

test("close() of openSelf() tells which step towards another user was refused, and runs nothing", async () => {
  const source = `
    import { openSelf } from "vasty/mod.ts";
    import { setresuid } from "vasty/ffi/unistd.ts";
    export const main = () => console.log("must not run");
    if (import.meta.main) {
      setresuid(65534, 65534, 65534);
      await using child = openSelf("none", import.meta.url, "main", [], { user: "daemon" });
      const error = await child.close().catch((error) => error);
      console.log(error.message, error.code, error.errno, error instanceof Deno.errors.PermissionDenied);
    }
  `;
  const file = await Deno.makeTempDir();
  try {
    await Deno.chmod(file, 0o755);
    const root = new URL("../../", import.meta.url).href;
    const program = `${file}/main.ts`;
    await Deno.writeTextFile(program, source.replaceAll("vasty/", root));
    const { stdout } = await deno(program, { flags: ["--allow-run"], env: { DENO_DIR: `${file}/none` } });
    assertEquals(
      stdout,
      'Cannot run "main" as user "daemon": set groups 1: operation not permitted (EPERM, setgroups) EPERM 1 true\n',
    );
  } finally {
    await Deno.remove(file, { recursive: true });
  }
}, { skip: ROOT });

test("openSelf() runs as the user that it already is without any privilege", async () => {
  await using child = openSelf("none", MODULE, "returns", [0], { user: Deno.uid()! });
  assertEquals((await child.close()).code, 0);
});

test("openSelf() has the child write an uncaught error to its standard error output, whoever asks for it", async () => {
  const broken = `data:text/javascript,throw new URIError("while it is loaded")`;
  const failing: [module: string, name: string, args: unknown[], said: RegExp][] = [
    [
      MODULE,
      "throws",
      ["no such luck"],
      /^error: Uncaught RangeError: no such luck\n +at throws \(.*self_exports[^]*deeper/,
    ],
    [MODULE, "throwsFrozen", [], /^error: Uncaught Error: frozen\n/],
    [MODULE, "throwsLater", [], /^error: Uncaught Error: uncaught\n/],
    [MODULE, "missing", [], /^error: Uncaught TypeError: .* exports no function "missing"\n/],
    [broken, "x", [], /^error: Uncaught URIError: while it is loaded\n/],
  ];
  for (const [module, name, args, said] of failing) {
    await using child = openSelf("both", module, name, args, { stderr: "piped", env: { NO_COLOR: "1" } });
    assertMatch(await new Response(child.stderr).text(), said);
    assertEquals((await child.status).code, 1);
  }
});

test("moduleBeingLoaded() is none in a program that nobody started so", () => {
  assertEquals(moduleBeingLoaded(), undefined);
});

/** A folder with the bundle in it, over HTTP as a user would have it. */
async function overHttp(body: (host: string, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const granted = ["read", "write", "env", "run"].map((name) => `--allow-${name}`);
    const args = ["run", "--no-prompt", "--quiet", ...granted, repository("tools/bundle.ts"), `${folder}/dist`];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: repository("") }).output();
    assert(success, new TextDecoder().decode(stderr));
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const { pathname } = new URL(request.url);
      const file = pathname.startsWith("/dist/") || pathname === "/main.ts"
        ? folder + pathname
        : repository(pathname.slice(1));
      const type = file.endsWith(".ts") ? "application/typescript" : "text/javascript";
      return new Response(await Deno.readFile(file), { headers: { "content-type": type } });
    });
    await body(`127.0.0.1:${server.addr.port}`, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

test("openSelf() works by URL and from the bundle, for a module here and one from there", async () => {
  await overHttp(async (host, folder) => {
    for (const library of ["mod.ts", "dist/vasty.js", "dist/processes.js"]) {
      await Deno.writeTextFile(
        `${folder}/main.ts`,
        `import { openSelf, warmSelf } from "http://${host}/${library}";
        export const main = (word) => console.log(word, Deno.permissions.querySync({ name: "import", host: "${host}" }).state);
        if (import.meta.main) {
          await using child = openSelf("none", import.meta.url, "main", ["fresh"]);
          await child.close();
          await using warm = warmSelf("none", import.meta.url);
          await using spare = warm.open("main", ["spare"]);
          await spare.close();
        }`,
      );
      for (const program of [`${folder}/main.ts`, `http://${host}/main.ts`]) {
        const flags = ["--allow-run", `--allow-import=${host}`, `--reload=http://${host}`, "--no-lock"];
        const { stdout, stderr } = await deno(program, { flags });
        assertEquals([stderr, stdout], ["", "fresh prompt\nspare prompt\n"], `${library} ${program}`);
      }
    }
  });
}, { skip: sample(false) });

test("a child whose program ends in the middle of the orders does not run them", async () => {
  const source = `
    import { spawn } from "vasty/mod.ts";
    import { selfCommand } from "vasty/lib/processes/self_command.ts";
    export const main = () => console.log("must not run");
    if (import.meta.main) {
      const { pipe } = await import("vasty/mod.ts");
      const { write } = await import("vasty/ffi/unistd.ts");
      for (const text of ["", '{"name":"main","identity":{},"encoding":"json","length":4}\\n[', '{"name":"ma']) {
        const { reader, writer } = pipe();
        const command = selfCommand(new URL(import.meta.url), {}, { orders: 3, report: 4 });
        await using child = spawn(command, { fds: { 3: reader, 4: "/dev/null" } });
        const bytes = new TextEncoder().encode(text);
        write(writer.number, bytes, bytes.length);
        reader.close();
        writer.close();
        console.log(String(await child.status));
      }
    }
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run", "--allow-read"] });
  assertEquals([stdout, stderr], ["exit 0\nexit 1\nexit 0\n", ""]);
});

test("a child that waits for its orders can be ended by a signal, young and old", async () => {
  for (const age of [0, 700]) {
    const [orders, report] = [pipe(), pipe()];
    const command = selfCommand(new URL(MODULE), {}, { orders: 3, report: 4 });
    await using child = spawn(command, { fds: { 3: orders.reader, 4: report.writer } });
    for (const end of [orders.reader, report.writer]) end.close();
    await waitReadable(report.reader);
    // Half a second after its start Deno installs handlers of its own, whatever its thread does.
    await new Promise((resolve) => setTimeout(resolve, age));
    child.kill("SIGTERM");
    assertEquals((await child.status).signal, "SIGTERM");
    for (const end of [orders.writer, report.reader]) end.close();
  }
});
