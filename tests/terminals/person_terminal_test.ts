import { passSize, personTerminal } from "../../lib/terminals/person_terminal.ts";
import { openPty, pipe, raise } from "../../mod.ts";
import { assertEquals, test } from "../support/mod.ts";

test("personTerminal() is a descriptor that is a terminal", () => {
  using pty = openPty();
  const { reader, writer } = pipe();
  assertEquals(personTerminal(pty.slave), pty.slave);
  assertEquals(personTerminal(reader), undefined);
  assertEquals(personTerminal({ read: () => Promise.resolve(null) }), undefined);
  reader.close();
  writer.close();
});

test("passSize() passes the size on, now and at SIGWINCH", async () => {
  using mine = openPty({ rows: 10, cols: 20 });
  using other = openPty();
  const told = Promise.withResolvers<void>();
  const target = {
    resize: (size: { rows: number; cols: number }) => {
      other.resize(size);
      if (size.rows === 11) told.resolve();
    },
  };
  {
    using _passing = passSize(mine.slave, target);
    assertEquals([other.size().rows, other.size().cols], [10, 20]);
    mine.resize({ rows: 11, cols: 22, width: 5 });
    raise("SIGWINCH");
    await told.promise;
    assertEquals(other.size(), { rows: 11, cols: 22, width: 5, height: 0 });
    // Nobody has said how large it is.
    mine.resize({ rows: 0, cols: 0 });
  }
  using _again = passSize(mine.slave, target);
  assertEquals(other.size().rows, 11);
});
