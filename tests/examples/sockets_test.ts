/** What each example of sockets is for. */
import { assertEquals, assertMatch, test } from "../support/mod.ts";
import { exampleCommand, Folder, launched } from "./launched.ts";

test("sockets/pass_fd passes an open file to another process, which reads it where it stands", async () => {
  using folder = new Folder();
  // The shell reads the first line: the descriptor that is passed has its place in the file with it.
  const script = `exec < "$0/lines.txt"; read first; exec "$@"`;
  const { code, stdout, stderr } = await launched(exampleCommand("sockets/pass_fd"), {
    under: ["sh", "-c", script, folder.path],
  });
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertMatch(stdout, /^process (\d+) got "from process (?!\1)\d+" and descriptor \d+:\nsecond\n$/);
});
