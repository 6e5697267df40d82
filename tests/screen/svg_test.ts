/** A screenshot, read by an XML parser that is not ours. */
import { spawnPty } from "../../mod.ts";
import { Screen } from "../../screen/mod.ts";
import { assertEquals, test } from "../support/mod.ts";

/** Every element: its name, its text, its attributes. */
type Element = [name: string, text: string, attributes: Record<string, string>];

const READER = `import json, sys, xml.etree.ElementTree as tree
root = tree.fromstring(sys.stdin.buffer.read())
print(json.dumps([[e.tag.split("}")[1], e.text or "", e.attrib] for e in root.iter()]))`;

async function elements(svg: string): Promise<Element[]> {
  const child = new Deno.Command("/usr/bin/python3", { args: ["-c", READER], stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(svg));
  await writer.close();
  return JSON.parse(new TextDecoder().decode((await child.output()).stdout));
}

async function drawn(text: string, title?: string): Promise<Element[]> {
  await using screen = new Screen(
    spawnPty(["sh", "-c", 'printf %s "$1"; read line', "sh", text], { rows: 2, cols: 20 }),
  );
  await screen.expectScreen("$");
  return await elements(screen.svg({ title }));
}

const texts = (all: Element[]) => all.filter(([name]) => name === "text");

test("Screen.svg() is XML, with what is text escaped", async () => {
  const all = await drawn(`<b a="1">&amp;</b> \ufffe'$\x1b]0;<&>\x07`);
  assertEquals(all.slice(0, 2).map(([name, text]) => [name, text]), [["svg", "\n"], ["title", "<&>"]]);
  const lines = texts(all);
  assertEquals(lines.map(([, text]) => text).join(""), `<b a="1">&amp;</b> \ufffd'$`);
  assertEquals(all[0]![2], { width: "184", height: "52", viewBox: "0 0 184 52" });
}, { needs: ["python3"] });

test("Screen.svg() has colours, faces, the cursor, and wide characters in their columns", async () => {
  const all = await drawn(
    "\x1b[1;31mab\x1b[0;3;4;38;5;46mc\x1b[0;38;2;1;2;3;48;5;21md\x1b[0;7me\x1b[m漢字\x1b[8mhid\x1b[m$",
    "a title",
  );
  const runs = texts(all).map(([, text, { x, textLength, fill, ...faces }]) => {
    const { "font-weight": bold, "font-style": italic, "text-decoration": lines } = faces;
    return [
      text,
      Math.round(Number(x) / 8.4),
      Math.round(Number(textLength) / 8.4),
      fill,
      bold ?? italic ?? "",
      lines ?? "",
    ];
  });
  assertEquals(runs, [
    ["ab", 0, 2, "#cd3131", "bold", ""],
    ["c", 2, 1, "#00ff00", "italic", "underline"],
    ["d", 3, 1, "#010203", "", ""],
    ["e", 4, 1, "#101010", "", ""],
    ["漢", 5, 2, "#d0d0d0", "", ""],
    ["字", 7, 2, "#d0d0d0", "", ""],
    ["$", 12, 1, "#d0d0d0", "", ""],
  ]);
  const behind = all.filter(([name]) => name === "rect").slice(1).map((
    [, , { x, fill }],
  ) => [Math.round(Number(x) / 8.4), fill]);
  assertEquals(behind, [[3, "#0000ff"], [4, "#d0d0d0"], [13, "#d0d0d0"]]);
  assertEquals(all[1]!.slice(0, 2), ["title", "a title"]);
}, { needs: ["python3"] });

test("Screen.svg() is XML whatever was written", async () => {
  let seed = 1;
  const random = (below: number) => (seed = seed * 48_271 % 0x7fffffff) % below;
  const pieces = [
    "\x1b[7m",
    "\x1b[38;5;300m",
    "\x1b[48;2;999;0;1m",
    "\x1b[999;999H",
    "\x1b[4:3m",
    "<",
    "&",
    "]]>",
    "漢",
    "\u0301",
  ];
  await using screen = new Screen(spawnPty(["cat"], { rows: 5, cols: 30, settings: ["raw", "-echo"] }));
  for (let round = 0; round < 5; round++) {
    const text = Array.from({ length: 200 }, () => {
      return random(2) === 0 ? pieces[random(pieces.length)] : String.fromCharCode(random(0x10000));
    });
    await screen.dialog.send(text.join("") + `\x1b\\\x1bc\x18\x1b[mround ${round}`);
    await screen.expectScreen(`round ${round}`);
    await screen.dialog.send(text.join("") + "\x18\x1b\\\x1b]0;done\x07");
    await screen.expectScreen(({ title }) => title === "done");
    const [[root]] = await elements(screen.svg()) as [Element];
    assertEquals(root, "svg");
    await screen.dialog.send("\x1b]0;next\x07");
    await screen.expectScreen(({ title }) => title === "next");
  }
}, { needs: ["python3"] });
