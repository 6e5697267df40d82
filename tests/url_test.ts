import { libc } from "../ffi/libc.ts";
import { assert, assertEquals, repository, test } from "./support/mod.ts";

/** The repository over HTTP on the loopback, and `/dist` from where the bundle was made. */
class Site implements AsyncDisposable {
  /** What was asked for, and whether it was there. */
  readonly asked = new Map<string, number>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(dist: string) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      const path = new URL(request.url).pathname.slice(1);
      const response = await this.#file(path.replace(/^dist\//, `${dist}/`).replace(/^(?!\/)/, repository("")));
      this.asked.set(path, response.status);
      return response;
    });
  }

  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  async #file(path: string): Promise<Response> {
    const type = path.endsWith(".ts") ? "application/typescript" : "text/javascript";
    try {
      return new Response(await Deno.readFile(path), { headers: { "content-type": type } });
    } catch {
      return new Response(null, { status: 404 });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function deno(cwd: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), { args, cwd, env: { NO_COLOR: "1", ...env }, stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** What a user without a configuration writes, and what `deno run` is told to allow. */
async function useByUrl(path: string, ...flags: string[]): Promise<{ printed: string; site: Site }> {
  const folder = await Deno.makeTempDir();
  try {
    if (path.startsWith("dist/")) await makeBundle(`${folder}/dist`);
    await using site = new Site(`${folder}/dist`);
    await Deno.mkdir(`${folder}/empty`);
    await Deno.writeTextFile(
      `${folder}/empty/main.ts`,
      `import { capture } from "http://${site.host}/${path}";
      console.log((await capture(["echo", "by", "URL"])).stdout, performance.now() > 0);`,
    );
    const allowed = [`--allow-import=${site.host}`, `--allow-ffi=${libc().path}`, "--allow-run=echo"];
    const args = ["run", "--no-prompt", "--quiet", ...flags, ...allowed, "main.ts"];
    // A cache of its own: everything is fetched, as on a machine that has never seen it.
    return { printed: await deno(`${folder}/empty`, args, { DENO_DIR: `${folder}/cache` }), site };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function makeBundle(folder: string): Promise<void> {
  const granted = ["read", "write", "env", "run"].map((name) => `--allow-${name}`);
  await deno(repository(""), ["run", "--no-prompt", "--quiet", ...granted, "tools/bundle.ts", folder]);
}

test("mod.ts by URL, checked and run in an empty folder", async () => {
  const { printed, site } = await useByUrl("mod.ts", "--check");
  assertEquals(printed, "by URL\n true\n");
  assertEquals([...site.asked].filter(([, status]) => status !== 200), []);
  assertEquals([...site.asked.keys()].filter((path) => !/^(mod\.ts$|lib\/|ffi\/)/.test(path)), []);
});

test("an area by URL loads itself and what it stands on", async () => {
  const { printed, site } = await useByUrl("lib/processes/mod.ts");
  assertEquals(printed, "by URL\n true\n");
  assertEquals([...site.asked.keys()].filter((path) => !/^(lib\/(processes|core|pipes)|ffi)\//.test(path)), []);
});

test("the bundle by URL is one file", async () => {
  const { printed, site } = await useByUrl("dist/vasty.js");
  assertEquals(printed, "by URL\n true\n");
  assertEquals([...site.asked], [["dist/vasty.js", 200]]);
});

test("an area of the bundle by URL is its file and the chunks that it needs", async () => {
  const { printed, site } = await useByUrl("dist/processes.js");
  assertEquals(printed, "by URL\n true\n");
  assertEquals([...site.asked].filter(([path]) => !/^dist\/(processes|chunks\/\w+)\.js$/.test(path)), []);
  assertEquals([...site.asked].filter(([, status]) => status !== 200), []);
});

test("the package can be published as it is", async () => {
  await deno(repository(""), ["publish", "--dry-run", "--allow-dirty", "--quiet"]);
});
