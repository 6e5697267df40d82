/** terminals/ssh with a server of its own: a host that is not known, a password, a key with a passphrase. */
import { Expect, spawnPty } from "../../lib/terminals/mod.ts";
import { assert, assertEquals, assertMatch, EMULATED, test } from "../support/mod.ts";
import { missing } from "../support/peers.ts";
import { freePort, OtherEnd } from "../sockets/other_end.ts";
import { launched } from "./launched.ts";
import { directCommand } from "./signalled.ts";

/** Where sshd(8) wants a folder for its separation of privileges. */
const SEPARATED = "/run/sshd";
const PASSWORD = "open sesame";
const PASSPHRASE = "key of keys";
const HOST_QUESTION = "Are you sure you want to continue connecting (yes/no/[fingerprint])? ";

/**
 * Nobody's password is changed for a test: to this server alone every user has this one. As a shadow file has it, by crypt(3).
 */
const SHADOW = `#include <shadow.h>
struct spwd *getspnam(const char *name) {
  static struct spwd entry;
  entry.sp_namp = (char *) name;
  entry.sp_pwdp = "$6$vasty$SjHNjp0S2JDp6qV8Luo24QMnbqb2ksVTySftKsThFfh8qd1Pvktxri0DeK0bF9QZCbbiOvvKaoAP5WX7LtR1w0";
  entry.sp_min = entry.sp_warn = 0;
  entry.sp_lstchg = entry.sp_max = entry.sp_inact = entry.sp_expire = -1;
  return &entry;
}
`;

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

async function ran([program, ...args]: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program!, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

const newKey = (path: string, phrase: string) =>
  ran(["ssh-keygen", "-q", "-t", "ed25519", "-a", "1", "-N", phrase, "-f", path]);

/** A server of SSH, gone at the end of the block with all that it needed. */
class SshServer implements AsyncDisposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly port: number = freePort();
  readonly #made = !isFolder(SEPARATED);
  #server: OtherEnd | undefined;

  static async listening(): Promise<SshServer> {
    const made = new SshServer();
    await made.#start();
    return made;
  }

  async #start(): Promise<void> {
    const { folder, port } = this;
    if (this.#made) Deno.mkdirSync(SEPARATED, { mode: 0o755 });
    Deno.writeTextFileSync(`${folder}/shadow.c`, SHADOW);
    const library = `${folder}/shadow.so`;
    await Promise.all([
      newKey(`${folder}/host`, ""),
      newKey(`${folder}/user`, PASSPHRASE),
      ran(["gcc", "-shared", "-fPIC", "-o", library, `${folder}/shadow.c`]),
    ]);
    this.#write("sshd_config", [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${folder}/host`,
      "PidFile none",
      "UsePAM no",
      "StrictModes no",
      "PermitRootLogin yes",
      "PasswordAuthentication yes",
      `AuthorizedKeysFile ${folder}/user.pub`,
    ]);
    this.config("PubkeyAuthentication no");
    this.#server = new OtherEnd(["/usr/sbin/sshd", "-D", "-e", "-f", `${folder}/sshd_config`], {
      env: { LD_PRELOAD: library },
    });
    await this.#server.says(/Server listening on/);
  }

  #write(name: string, lines: string[]): void {
    Deno.writeTextFileSync(`${this.folder}/${name}`, `${lines.join("\n")}\n`);
  }

  /** What the client is configured with besides. */
  config(...more: string[]): void {
    const { folder } = this;
    this.#write("config", [
      `UserKnownHostsFile ${folder}/known`,
      "GlobalKnownHostsFile none",
      "LogLevel ERROR",
      ...more,
    ]);
  }

  /** The example's command line. */
  command(words: string[], ...options: string[]): string[] {
    return directCommand(
      "terminals/ssh",
      ...options,
      "--config",
      `${this.folder}/config`,
      `127.0.0.1:${this.port}`,
      ...words,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    if (this.#made) Deno.removeSync(SEPARATED);
    Deno.removeSync(this.folder, { recursive: true });
  }
}

function reason(): string | false {
  if (EMULATED) return "ssh and sshd are not emulated";
  const lacks = missing(["sshd"]).length === 0 && Deno.uid() !== 0 && !isFolder(SEPARATED);
  return lacks && `needs ${SEPARATED}`;
}

const NEEDS = { needs: ["ssh", "ssh-keygen", "sshd", "gcc"], skip: reason() };

test(
  "terminals/ssh takes the key of a host, says the password, and hands over what the command reads and writes",
  async () => {
    await using server = await SshServer.listening();
    const env = { SSHPASS: PASSWORD };
    const unknown = await launched(server.command(["true"]), { env });
    assertEquals([unknown.code, unknown.stdout], [1, ""]);
    assertMatch(
      unknown.stderr,
      /ED25519 key fingerprint is SHA256:[^]*Host key verification failed\.\nssh: ssh has failed\n$/,
    );
    const script = "tr a-z A-Z; echo problem >&2; exit 7";
    const { code, stdout, stderr } = await launched(server.command([script], "--accept"), {
      env,
      input: "bytes\r\n\0",
    });
    assertEquals([code, stdout], [7, "BYTES\r\n\0"]);
    assertMatch(stderr, /\nproblem\n$/);
    assert(!stderr.includes(PASSWORD));
    // It is known by now.
    const wrong = await launched(server.command(["true"]), { env: { SSHPASS: "guess" } });
    assertEquals([wrong.code, wrong.stderr], [1, "Permission denied, please try again.\nssh: it was refused\n"]);
  },
  NEEDS,
);

test("terminals/ssh asks the person at the terminal: about the host, and for the passphrase of a key", async () => {
  await using server = await SshServer.listening();
  server.config(`IdentityFile ${server.folder}/user`, "IdentitiesOnly yes", "PasswordAuthentication no");
  const child = spawnPty(server.command(["echo", "logged", "in"]), { cols: 400 });
  await using dialog = new Expect(child, { lineEnd: "\r" });
  await dialog.expect(HOST_QUESTION);
  await dialog.sendLine("yes");
  await dialog.expect(`Enter passphrase for key '${server.folder}/user': `);
  await dialog.waitNoEcho();
  await dialog.sendLine(PASSPHRASE);
  const { before } = await dialog.expect("logged in\r\n");
  assert(!before.includes(PASSPHRASE), before);
  assertEquals((await child.status).code, 0);
}, NEEDS);
