import { legacyOf, STATE, takeDaemonState } from "../../lib/daemons/daemon_state.ts";
import { LogFile, PidFile } from "../../lib/daemons/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("legacyOf() tells of what is open, which takeDaemonState() is told once", () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/d.pid`;
  const pidFile = PidFile.create(path);
  const log = LogFile.open(`${folder}/d.log`);
  const { text, fds, variable } = legacyOf({ pidFile, log, channel: undefined, cwd: "/" });
  const state = { role: "restarted", pidFile: { fd: pidFile.fd.number, path }, log: log.fd.number, awaited: false };
  Deno.env.set(STATE, `${text("restarted")} ${Deno.pid}`);
  assertEquals([variable, takeDaemonState(), takeDaemonState()], [STATE, state, undefined]);
  assertEquals(fds(), [pidFile.fd, log.fd]);
  log.close();
  pidFile.remove();
  assertEquals([fds(), JSON.parse(text("trial"))], [[], { role: "trial", awaited: false }]);
  Deno.removeSync(folder, { recursive: true });
});
