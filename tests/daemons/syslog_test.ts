import { openSyslog } from "../../lib/daemons/mod.ts";
import { run } from "../../lib/processes/mod.ts";
import { type Socket, socket } from "../../lib/sockets/mod.ts";
import { assertEquals, assertThrows, denoSource, test } from "../support/mod.ts";

/** A socket where a syslogd would listen, gone at the end of the block. */
class Syslogd implements Disposable {
  readonly folder: string = Deno.makeTempDirSync();
  readonly path = `${this.folder}/log`;
  readonly socket: Socket = socket("PF_UNIX", "SOCK_DGRAM");

  constructor() {
    this.socket.bind({ path: this.path });
  }

  /** The next message, without what differs each time. */
  async next(): Promise<string> {
    const message = new TextDecoder().decode(await this.socket.recv(4_096, { timeout: 5_000 }));
    return message.replace(/> ?\w{3} [ \d]\d \d\d:\d\d:\d\d /, "> DATE ").replace(/\[\d+\]/, "[PID]").trimEnd();
  }

  [Symbol.dispose](): void {
    this.socket.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

test("openSyslog() sends what logger(1) sends", async () => {
  using syslogd = new Syslogd();
  await run(["logger", "--socket", syslogd.path, "-u", syslogd.path, "-i", "-t", "me", "-p", "daemon.err", "it broke"]);
  const theirs = await syslogd.next();
  using syslog = openSyslog({ ident: "me", facility: "daemon", path: syslogd.path });
  assertEquals([syslog.log("err", "it broke"), syslog.lost], [true, 0]);
  assertEquals([await syslogd.next(), theirs], ["<27> DATE me[PID]: it broke", "<27> DATE me[PID]: it broke"]);
}, { needs: ["logger"] });

test("openSyslog() sends what Perl's Sys::Syslog sends", async () => {
  using syslogd = new Syslogd();
  const script = `use Sys::Syslog qw(:standard :macros setlogsock); setlogsock("unix", shift);
    openlog("me", "pid,ndelay", LOG_LOCAL3); syslog(LOG_NOTICE, "it works: %d", 7); closelog`;
  await run(["perl", "-e", script, syslogd.path]);
  const theirs = await syslogd.next();
  using syslog = openSyslog({ ident: "me", facility: "local3", path: syslogd.path });
  syslog.log("notice", "it works: 7");
  assertEquals(await syslogd.next(), theirs.replace(/\0$/, "").trimEnd());
}, { needs: ["perl"] });

test("Syslog sends each line, and no process id unless it is to", async () => {
  using syslogd = new Syslogd();
  using syslog = openSyslog({ ident: "me", pid: false, path: syslogd.path });
  syslog.log("info", "one\ntwo\n");
  assertEquals([await syslogd.next(), await syslogd.next()], ["<14> DATE me: one", "<14> DATE me: two"]);
  assertThrows(() => syslog.log("bad" as "info", ""), TypeError, "priority");
  assertThrows(() => openSyslog({ facility: "bad" as "user" }), TypeError, "facility");
});

test("openSyslog() without a syslogd says so once and goes on, until there is one", async () => {
  const folder = await Deno.makeTempDir();
  const source = `
    import { openSyslog, socket } from "vasty/mod.ts";
    const path = Deno.args[0] + "/log";
    const syslog = openSyslog({ ident: "me", path });
    console.log(syslog.log("info", "lost"), syslog.log("info", "lost too"), syslog.lost);
    const syslogd = socket("PF_UNIX", "SOCK_DGRAM");
    syslogd.bind({ path });
    console.log(syslog.log("info", "found"), (await syslogd.recv(99)).length > 20);
    syslogd.close();
    console.log(syslog.log("info", "gone again"), syslog.lost);`;
  const flags = ["--allow-net", `--allow-read=${folder}`, `--allow-write=${folder}`];
  const { stdout, stderr } = await denoSource(source, { args: [folder], flags });
  assertEquals(stdout, "false false 2\ntrue true\nfalse 3\n");
  assertEquals(
    stderr.replaceAll(folder, ""),
    [
      'me: no syslog: Cannot connect to "/log": no such file or directory (ENOENT, connect)\n',
      'me: no syslog: Cannot connect to "/log": connection refused (ECONNREFUSED, connect)\n',
    ].join(""),
  );
  await Deno.remove(folder, { recursive: true });
});

test("openSyslog() asks for Deno's permission", async () => {
  const source = `
    import { openSyslog } from "vasty/mod.ts";
    try { openSyslog() } catch (error) { console.log(error.message) }`;
  const denied = await denoSource(source);
  assertEquals(denied.stdout, 'Requires read access to "/dev/log", run again with the --allow-read flag\n');
});
