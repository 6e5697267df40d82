import { DaemonChannel, identityWord, takeChannel } from "../../lib/daemons/daemon_channel.ts";
import { pipe } from "../../lib/core/pipe.ts";
import { read } from "../../ffi/unistd.ts";
import { assert, assertEquals, denoSource, test } from "../support/mod.ts";

test("takeChannel() takes nothing in a process that is no daemon", () => {
  assertEquals(takeChannel(), undefined);
});

test("takeChannel() believes no variable without the pipe, and removes it", async () => {
  const source = `
    import { takeChannel } from "vasty/lib/daemons/daemon_channel.ts";
    console.log(takeChannel(), Deno.env.get("VASTY_DAEMON"));`;
  for (const VASTY_DAEMON of ["", "0:1:2"]) {
    const { stdout, stderr } = await denoSource(source, { env: { VASTY_DAEMON }, flags: ["--allow-env=VASTY_DAEMON"] });
    assertEquals({ stdout, stderr }, { stdout: "undefined undefined\n", stderr: "" });
  }
});

test("DaemonChannel tells a report, and hears the answer", async () => {
  const [report, answer] = [pipe(), pipe()];
  using channel = new DaemonChannel(report.writer, answer.reader);
  channel.tell({ failed: "no\nway" });
  const bytes = new Uint8Array(100);
  const count = read(report.reader.number, bytes, bytes.length);
  assertEquals(new TextDecoder().decode(bytes.subarray(0, count)), '{"failed":"no\\nway"}\n');
  answer.writer.close();
  assertEquals(await channel.answered, false);
  report.reader.close();
  // Nobody listens: no error, and no signal.
  channel.tell({});
});

test("identityWord() is of pipes alone", () => {
  const { reader, writer } = pipe();
  assert(identityWord(reader.number) !== "" && identityWord(reader.number) === identityWord(writer.number));
  const { number } = reader;
  reader.close();
  writer.close();
  assertEquals(identityWord(number), "");
});
