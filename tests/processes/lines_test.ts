import { ExitError, lines, linesSync, shell } from "../../lib/processes/mod.ts";
import { assert, assertEquals, assertRejects, children, denoSource, size, test, within } from "../support/mod.ts";

type Options = Parameters<typeof linesSync>[1];
type Form = (command: readonly string[], options?: Options) => AsyncIterable<string> | Iterable<string>;
const FORMS: Record<string, Form> = { lines, linesSync };

/** Commands that go on for ever if nobody ends them. */
const ENDLESS: Record<string, readonly string[]> = {
  "yes": ["yes"],
  "a command that sleeps": ["sh", "-c", "echo y; exec sleep 100"],
  "a command that ignores SIGPIPE": ["perl", "-e", '$SIG{PIPE} = "IGNORE"; $| = 1; while (1) { print "y\\n" }'],
  "a command that ignores SIGPIPE and its errors, and has a child": [
    "sh",
    "-c",
    "trap '' PIPE; echo y; exec sleep 100",
  ],
};

for (const [name, form] of Object.entries(FORMS)) {
  test(`${name}() yields lines without their ends, the last one with or without`, async () => {
    const cases: [string, string[]][] = [
      ["", []],
      ["one", ["one"]],
      ["one\\n", ["one"]],
      ["one\\r\\ntwo\\n\\nthree", ["one", "two", "", "three"]],
      ["\\n\\n", ["", ""]],
      ["a\\rb\\n", ["a\rb"]],
      ["\\303\\251\\n\\377\\n", ["é", "\ufffd"]],
    ];
    for (const [text, wanted] of cases) assertEquals(await Array.fromAsync(form(["printf", text])), wanted, text);
  });

  test(`${name}() yields a line as soon as it has come`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const found: string[] = [];
      // The command goes on only once the first line has been seen here.
      for await (
        const line of form(shell("echo first; until [ -e seen ]; do sleep 0.01; done; echo last"), {
          cwd: folder,
          timeout: 20_000,
        })
      ) {
        found.push(line);
        if (line === "first") await Deno.writeTextFile(`${folder}/seen`, "");
      }
      assertEquals(found, ["first", "last"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });

  test(`${name}() yields every line of much output`, async () => {
    const all = size(200_000);
    let number = 0;
    for await (const line of form(["seq", `${all}`])) if (line !== `${++number}`) throw new Error(`${number}: ${line}`);
    assertEquals(number, all);
  });

  test(`${name}() joins characters that come in pieces`, async () => {
    const pieces =
      "$| = 1; for (qw(C3 A9 E2 82 AC F0 9F 98 80 0A)) { print chr hex; select undef, undef, undef, 0.005 }";
    assertEquals(await Array.fromAsync(form(["perl", "-e", pieces])), ["é€\u{1F600}"]);
  }, { needs: ["perl"] });

  for (const [what, command] of Object.entries(ENDLESS)) {
    test(`${name}() ends and reaps ${what} when the loop is left early, without an error`, async () => {
      const begun = performance.now();
      for await (const line of form(command)) {
        assertEquals(line, "y");
        break;
      }
      assertEquals(children().filter((child) => /yes|sleep|perl| sh$/.test(child)), []);
      assert(performance.now() - begun < within(1_000), `${performance.now() - begun} ms`);
    }, { needs: ["perl"] });

    test(`${name}() ends and reaps ${what} when the loop's body throws, with that error`, async () => {
      const mine = new Error("mine");
      const failure = (async () => {
        for await (const _ of form(command)) throw mine;
      })();
      assert(await assertRejects(() => failure, Error, "mine") === mine);
      assertEquals(children().filter((child) => /yes|sleep|perl| sh$/.test(child)), []);
    }, { needs: ["perl"] });
  }

  test(`${name}() throws an ExitError after the last line, with standard error where that is piped`, async () => {
    const found: string[] = [];
    const reading = async () => {
      for await (const line of form(shell("echo a; echo b; echo why >&2; exit 3"), { stderr: "piped" })) {
        found.push(line);
      }
    };
    const error = await assertRejects(reading, ExitError, "exit 3");
    assertEquals([found, error.stderr, error.status.code], [["a", "b"], "why\n", 3]);
    assertEquals(await Array.fromAsync(form(shell("echo a; exit 3"), { check: false })), ["a"]);
  });

  test(`${name}() reads standard error meanwhile, however much there is`, async () => {
    const noisy = shell("echo a; head -c 1000000 /dev/zero >&2; echo b");
    assertEquals(await Array.fromAsync(form(noisy, { stderr: "piped" })), ["a", "b"]);
  });

  test(`${name}() passes on its input`, async () => {
    const times = size(50_000);
    const input = "one\ntwo\n".repeat(times);
    const found = await Array.fromAsync(form(["cat"], { input }));
    assertEquals(found.length, 2 * times);
    for await (const line of form(["cat"], { input })) {
      assertEquals(line, "one");
      break;
    }
  });

  test(`${name}() refuses a line that is too long, and ends the command`, async () => {
    const zeros = ["sh", "-c", "echo fine; exec tr '\\0' x </dev/zero"];
    const reading = () => Array.fromAsync(form(zeros, { maxLength: 1_000 }));
    await assertRejects(reading, RangeError, "longer than 1000");
    assertEquals(children().filter((child) => / (sh|tr)$/.test(child)), []);
  });

  test(`${name}() starts the command at the first step, and says there that it cannot`, async () => {
    const reading = form(["no-such-program"]);
    await assertRejects(() => Array.fromAsync(reading), Deno.errors.NotFound, "no-such-program");
  });

  test(`${name}() ends at its timeout`, async () => {
    const begun = performance.now();
    const reading = () => Array.fromAsync(form(["sh", "-c", "echo y; exec sleep 100"], { timeout: 100 }));
    const error = await assertRejects(reading, DOMException, "Timed out after 100 ms");
    assertEquals(error.name, "TimeoutError");
    assert(performance.now() - begun < within(300), `${performance.now() - begun} ms`);
  });
}

test("lines() ends with the signal's reason, and the command is gone", async () => {
  const controller = new AbortController();
  const found: string[] = [];
  const reading = async () => {
    for await (const line of lines(["yes"], { signal: controller.signal })) {
      found.push(line);
      if (found.length === 1_000) controller.abort(new Error("enough"));
    }
  };
  await assertRejects(reading, Error, "enough");
  assertEquals(children().filter((child) => child.endsWith(" yes")), []);
});

test("lines() left early in a program of its own lets that end, with nothing said", async () => {
  const source = `
    import { lines, linesSync } from "vasty/mod.ts";
    for await (const line of lines(["yes"])) { console.log(line); break; }
    for (const line of linesSync(["yes"])) { console.log(line); break; }
  `;
  const { stdout, stderr, code } = await denoSource(source, { flags: ["--allow-run=yes"] });
  assertEquals({ stdout, stderr, code }, { stdout: "y\ny\n", stderr: "", code: 0 });
});
