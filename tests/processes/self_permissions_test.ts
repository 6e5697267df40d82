import { openSelf, type SelfPermissions } from "../../mod.ts";
import { grants } from "../../lib/processes/self_permissions.ts";
import { assertEquals, assertThrows, denoSource, sample, test } from "../support/mod.ts";

const MODULE = new URL("programs/self_exports.ts", import.meta.url).href;

const EVERYTHING = { env: true, import: true, net: true, read: true, run: true, sys: true, write: true } as const;
const NOTHING = {
  env: "prompt",
  import: "prompt",
  net: "prompt",
  read: "prompt",
  run: "prompt",
  sys: "prompt",
  write: "prompt",
};

/** What the child's permissions are. */
async function permissions(permissions: SelfPermissions): Promise<unknown> {
  await using child = openSelf("-|", MODULE, "permissions", [], { permissions });
  const text = await new Response(child.readable).text();
  await child.close();
  return JSON.parse(text);
}

test("openSelf() grants the child what is listed, and nothing else", async () => {
  assertEquals(await permissions({}), NOTHING);
  assertEquals(await permissions({ sys: true, net: false, run: [] }), { ...NOTHING, sys: "granted" });
  const all = Object.fromEntries(Object.keys(NOTHING).map((name) => [name, "granted"]));
  assertEquals(await permissions(EVERYTHING), all);
});

test("openSelf() grants single paths, hosts, programs, variables and kinds", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const given: SelfPermissions = {
      read: [folder, new URL("file:///etc/passwd")],
      write: ["relative/file"],
      net: ["127.0.0.1:80"],
      env: ["HOME"],
      run: ["cat", "/bin/ls"],
      sys: ["uid"],
    };
    const asked: [Deno.PermissionDescriptor, string][] = [
      [{ name: "read", path: `${folder}/x` }, "granted"],
      [{ name: "read", path: "/etc/passwd" }, "granted"],
      [{ name: "read", path: "/etc/group" }, "prompt"],
      [{ name: "write", path: `${Deno.cwd()}/relative/file` }, "granted"],
      [{ name: "write", path: "/etc/passwd" }, "prompt"],
      [{ name: "net", host: "127.0.0.1:80" }, "granted"],
      [{ name: "net", host: "127.0.0.1:81" }, "prompt"],
      [{ name: "env", variable: "HOME" }, "granted"],
      [{ name: "env", variable: "PATH" }, "prompt"],
      [{ name: "run", command: "cat" }, "granted"],
      [{ name: "run", command: "/bin/ls" }, "granted"],
      [{ name: "run", command: "sh" }, "prompt"],
      [{ name: "sys", kind: "uid" }, "granted"],
      [{ name: "sys", kind: "gid" }, "prompt"],
    ];
    const options = { permissions: given, cwd: "/" };
    await using child = openSelf("-|", MODULE, "granted", asked.map(([descriptor]) => descriptor), options);
    assertEquals(JSON.parse(await new Response(child.readable).text()), asked.map(([, state]) => state));
    await child.close();
  } finally {
    await Deno.remove(folder);
  }
});

/** What each of the permissions comes to in a program under `flags`, with what the child then has. */
async function attempts(flags: string[], list: string[], before = ""): Promise<string[]> {
  const source = `
    import { openSelf } from "vasty/mod.ts";
    export function main() {
      const state = (descriptor) => Deno.permissions.querySync(descriptor).state;
      console.log(["/etc/passwd", "/etc/hosts"].map((path) => state({ name: "read", path })).join(), state({ name: "env", variable: "HOME" }));
    }
    async function attempt(permissions) {
      try {
        await using child = openSelf("-|", import.meta.url, "main", [], { permissions });
        const [line] = await Array.fromAsync(child.lines());
        await child.close();
        return line;
      } catch (error) {
        return error.name + ": " + error.message;
      }
    }
    if (import.meta.main) {
      ${before}
      for (const permissions of [${list}]) console.log(await attempt(permissions));
    }
  `;
  const { stdout, stderr } = await denoSource(source, { flags: ["--allow-run", ...flags], cwd: "/etc" });
  assertEquals(stderr, "");
  return stdout.trimEnd().split("\n");
}

const REFUSED = "NotCapable: Requires read access, run again with the --allow-read flag";
const REFUSED_HOSTS = 'NotCapable: Requires read access to "/etc/hosts", run again with the --allow-read flag';

test("openSelf() gives away nothing that is not granted here, in Deno's words", async () => {
  const list = ["{ read: true }", `{ read: ["/etc/hosts"] }`, `{ read: ["passwd"] }`, "{ env: true }"];
  assertEquals(await attempts(["--allow-read=/etc/passwd"], list), [
    REFUSED,
    REFUSED_HOSTS,
    "granted,prompt prompt",
    "NotCapable: Requires env access, run again with the --allow-env flag",
  ]);
});

test("openSelf() carries on what is denied here, and what was revoked", async () => {
  const list = ["{ read: true }", `{ read: ["/etc"], env: true }`, `{ read: ["/etc/hosts"] }`];
  const denied = ["--allow-read", "--deny-read=/etc/hosts,/nowhere", "--allow-env", "--ignore-env=HOME"];
  assertEquals(await attempts(denied, list), ["granted,denied prompt", "granted,denied denied", REFUSED_HOSTS]);
  const relative = ["--allow-read", "--deny-read=hosts"];
  assertEquals(await attempts(relative, list.slice(0, 1)), ["granted,denied prompt"]);
  const revoked = `Deno.permissions.revokeSync({ name: "read" });`;
  assertEquals(await attempts(["--allow-read"], list.slice(0, 1), revoked), [REFUSED]);
}, { skip: sample(true) });

test("openSelf() refuses a permission whose exceptions it cannot find", async () => {
  const list = ["{ read: true }", `{ read: ["/etc/passwd"] }`];
  const moved = await attempts(["--allow-read", "--deny-read=hosts"], list.slice(0, 1), `Deno.chdir("/usr");`);
  assertEquals(moved, [
    "NotCapable: Requires read access without exceptions: what is excepted here cannot be handed on, since " +
    '--deny-read=hosts does not mean "/usr/hosts"',
  ]);
});

test("openSelf() forgets the hosts that were for the start alone", () => {
  const host = "example.com";
  const own = [`--allow-import=${host}:80,other.example`];
  const { flags, forget } = grants({ import: [host] }, "/libc", own);
  assertEquals(flags, ["--allow-ffi=/libc", `--allow-import=${host},${host}:80,other.example`]);
  assertEquals(forget, [`${host}:80`, "other.example"]);
  assertEquals(grants({}, "/libc", own).forget, true);
  assertEquals(grants({ import: true }, "/libc", own).forget, []);
});

test("grants() of what is no permission is refused", () => {
  const wrong: [unknown, string][] = [
    [{ hrtime: true }, "There is no permission"],
    [{ read: "inherit" }, "permissions.read is true, false or an array"],
    [{ read: [""] }, "it is empty"],
    [{ read: ["/a,b"] }, "has a comma"],
    [{ read: [new URL("https://example.com/x")] }, "Not the URL of a file"],
  ];
  for (const [permissions, message] of wrong) {
    assertThrows(() => grants(permissions as SelfPermissions, "/libc", []), TypeError, message);
  }
});
