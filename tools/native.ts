/**
 * `deno task native`: assembles ffi/native/*.S and writes ffi/native/bytes.ts. Needs binutils for both
 * architectures (Debian: gcc, gcc-aarch64-linux-gnu).
 */

/** One architecture's machine code and where each adaptor begins in it. */
export interface Adaptors {
  code: Uint8Array;
  offsets: Record<string, number>;
}

const PREFIX: Record<string, string> = { x86_64: "", aarch64: "aarch64-linux-gnu-" };

async function run(command: string, ...args: string[]): Promise<string> {
  const out = await new Deno.Command(command, { args }).output();
  if (!out.success) throw new Error(`${command}: ${new TextDecoder().decode(out.stderr)}`);
  return new TextDecoder().decode(out.stdout);
}

/** Assemble `ffi/native/<architecture>.S`. */
export async function assemble(architecture: string): Promise<Adaptors> {
  const prefix = Deno.build.arch === architecture ? "" : PREFIX[architecture]!;
  const source = new URL(`../ffi/native/${architecture}.S`, import.meta.url).pathname;
  const folder = await Deno.makeTempDir();
  try {
    await run(`${prefix}gcc`, "-c", source, "-o", `${folder}/a.o`);
    await run(`${prefix}objcopy`, "-O", "binary", "-j", ".text", `${folder}/a.o`, `${folder}/a.bin`);
    const relocations = await run(`${prefix}objdump`, "-r", `${folder}/a.o`);
    if (/R_/.test(relocations)) throw new Error(`${source} is not position independent: ${relocations}`);
    const symbols = (await run(`${prefix}nm`, `${folder}/a.o`)).matchAll(/^([0-9a-f]+) t (\w+)$/gm);
    return {
      code: await Deno.readFile(`${folder}/a.bin`),
      offsets: Object.fromEntries([...symbols].map(([, at, name]) => [name!, parseInt(at!, 16)])),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** As `deno fmt` leaves it. */
function source(architecture: string, { code, offsets }: Adaptors): string {
  const lines = code.toHex().match(/.{1,96}/g)!.map((line) => `"${line}"`).join(" +\n      ");
  const places = Object.entries(offsets).map(([name, at]) => `      ${name}: ${at},\n`).join("");
  return `  ${architecture}: {\n    offsets: {\n${places}    },\n    code: ${lines},\n  },\n`;
}

/** The text of ffi/native/bytes.ts. */
export async function bytesSource(): Promise<string> {
  let text =
    "/** The adaptors' machine code in hexadecimal. Written by `deno task native`: edit the .S files instead. */\n" +
    "export const ADAPTORS = {\n";
  for (const architecture of Object.keys(PREFIX)) text += source(architecture, await assemble(architecture));
  return text + "} as const;\n";
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("../ffi/native/bytes.ts", import.meta.url), await bytesSource());
}
