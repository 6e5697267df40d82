/** ssh(1) over a connection that a program with the library has made: ProxyUseFdpass. */
import { assertEquals, denoCommand, EMULATED, repository, test } from "../support/mod.ts";
import { missing } from "../support/peers.ts";
import { SocketFolder } from "./loopback.ts";
import { freePort, OtherEnd } from "./other_end.ts";

/** Where sshd(8) wants a folder for its separation of privileges. */
const SEPARATED = "/run/sshd";

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** sshd needs its whole path, and is in a folder that is not everybody's to search. */
const SSHD = "/usr/sbin/sshd";

/** The folder, for as long as it was not there before. */
class SeparationFolder implements Disposable {
  readonly #made = !exists(SEPARATED);
  constructor() {
    if (this.#made) Deno.mkdirSync(SEPARATED, { mode: 0o755 });
  }
  [Symbol.dispose](): void {
    if (this.#made) Deno.removeSync(SEPARATED);
  }
}

async function newKey(path: string): Promise<void> {
  await new Deno.Command("ssh-keygen", { args: ["-q", "-t", "ed25519", "-N", "", "-f", path] }).output();
}

/** A server of SSH with keys of its own, and its port; its folder has the key `user`. */
async function sshd(folder: string): Promise<{ server: OtherEnd; port: number }> {
  await Promise.all([newKey(`${folder}/host`), newKey(`${folder}/user`)]);
  const port = freePort();
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${folder}/host`,
    "PidFile none",
    "UsePAM no",
    "StrictModes no",
    "PermitRootLogin prohibit-password",
    `AuthorizedKeysFile ${folder}/user.pub`,
  ];
  await Deno.writeTextFile(`${folder}/sshd_config`, lines.join("\n") + "\n");
  const server = new OtherEnd([SSHD, "-D", "-e", "-f", `${folder}/sshd_config`]);
  await server.says(/Server listening on/);
  return { server, port };
}

/** The user's name, as id(1) has it. */
function user(): string {
  return new TextDecoder().decode(new Deno.Command("id", { args: ["-un"] }).outputSync().stdout).trim();
}

const quoted = (words: string[]) => words.map((word) => `'${word.replaceAll("%", "%%")}'`).join(" ");

function reason(): string | false {
  if (EMULATED) return "ssh and sshd are not emulated";
  if (missing(["ssh"]).length === 0 && Deno.uid() !== 0 && !exists(SEPARATED)) return `needs ${SEPARATED}`;
  return false;
}

test("sendFds() hands ssh the connection that it speaks over: ProxyUseFdpass", async () => {
  using _separation = new SeparationFolder();
  using folder = new SocketFolder();
  const { server, port } = await sshd(folder.path);
  await using _server = server;
  const proxy = denoCommand(repository("tests/sockets/programs/ssh_proxy.ts"), {
    flags: ["--allow-net"],
    args: ["127.0.0.1", `${port}`],
  });
  const options = [
    `ProxyCommand=${quoted(proxy)}`,
    "ProxyUseFdpass=yes",
    "BatchMode=yes",
    "StrictHostKeyChecking=no",
    `UserKnownHostsFile=${folder.path}/known`,
    "IdentitiesOnly=yes",
    `IdentityFile=${folder.path}/user`,
  ].flatMap((option) => ["-o", option]);
  const script = 'echo "to $SSH_CONNECTION"; tr a-z A-Z';
  await using client = new OtherEnd(["ssh", "-F", "none", ...options, `${user()}@anywhere`, script]);
  await client.put("through a descriptor");
  await client.end();
  const [first, second] = (await client.prints("DESCRIPTOR")).split("\n");
  assertEquals([first!.replace(/ \d+ /, " PORT "), second], [
    `to 127.0.0.1 PORT 127.0.0.1 ${port}`,
    "THROUGH A DESCRIPTOR",
  ]);
  assertEquals((await client.child.status).code, 0);
  await server.says(/Disconnected from user/);
}, { needs: ["ssh", "ssh-keygen", "sshd"], skip: reason() });
