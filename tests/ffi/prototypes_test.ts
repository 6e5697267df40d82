import { ARCHITECTURES } from "../../ffi/abi/column.ts";
import { assert, assertEquals, repository, test } from "../support/mod.ts";
import { complaints, needs } from "./programs/compile.ts";

/** One `bind()` and the comment above it. */
interface Binding {
  file: string;
  name: string;
  prototype: string;
  parameters: string[];
  result: string;
}

const BINDING =
  /((?:^\/\/ .*\n)+)(?:export )?const \w+(?:: \w+)? = bind\(\s*"(\w+)",\s*\[([^\]]*)\],\s*"(\w+)",?\s*\)/gm;

function bindings(): Binding[] {
  const files = [...Deno.readDirSync(repository("ffi"))].filter(({ isFile, name }) => isFile && name.endsWith(".ts"));
  return files.flatMap(({ name: file }) => {
    const text = Deno.readTextFileSync(repository(`ffi/${file}`));
    return [...text.matchAll(BINDING)].map(([, comment, name, parameters, result]) => ({
      file,
      name: name!,
      // The prototype is what follows the last ";" but one, on as many lines as it needs.
      prototype: comment!.replaceAll("// ", "").trim().split(/;\s/).at(-1)!.replaceAll("\n", " "),
      parameters: [...parameters!.matchAll(/"(\w+)"/g)].map(([, kind]) => kind!),
      result: result!,
    }));
  });
}

/** The types of a prototype's parameters; "*" for a pointer and "..." for the variable ones. */
function parametersOf(prototype: string): string[] {
  const list = prototype.slice(prototype.indexOf("(") + 1, prototype.lastIndexOf(")"));
  // A function pointer has commas of its own.
  const flat = list.replaceAll(/\(\*\w+\)\s*\([^)]*\)/g, "*");
  if (flat.trim() === "void") return [];
  return flat.split(",").map((one) => {
    if (/[*[]/.test(one)) return "*";
    return one.trim() === "..." ? "..." : one.replace(/\s*\w+\s*$/, "").trim();
  });
}

function resultOf({ prototype, name }: Binding): string {
  const type = prototype.slice(0, prototype.indexOf(name)).trim();
  return type.includes("*") ? "*" : type;
}

/** What C must say of `type` for it to be passed as `kind`: true, false, or an expression that the compiler judges. */
function fits(kind: string, type: string): boolean | string {
  if (type === "*") return kind === "buffer" || kind === "address";
  return kind === "int" ? `sizeof(${type}) <= 4` : kind === "long" ? `sizeof(${type}) == 8` : false;
}

/** The same for a result. A "value" is read as 64 bits, of which an int's upper half means nothing. */
function resultFits({ name, result }: Binding, type: string): boolean | string {
  if (type === "*") return result === "pointer" || result === "mapping" || result === "value";
  if (type === "void") return result === "void";
  // What it returns is the system call's own result.
  if (name === "syscall") return result === "int" || result === "long";
  if (["int", "index", "code", "eai"].includes(result)) return `sizeof(${type}) == 4`;
  return result === "long" || result === "value" ? `sizeof(${type}) == 8` : false;
}

function agreement(binding: Binding): string[] {
  const { file, name, parameters } = binding;
  const types = parametersOf(binding.prototype);
  const fixed = types.at(-1) === "..." ? types.slice(0, -1) : types;
  const counts = fixed.length === types.length ? fixed.length === parameters.length : fixed.length <= parameters.length;
  const claims: [string, boolean | string][] = [
    ["the number of parameters", counts],
    ...fixed.map((type, i): [string, boolean | string] => [
      `parameter ${i + 1}, ${type}`,
      fits(parameters[i] ?? "", type),
    ]),
    [`the result, ${resultOf(binding)}`, resultFits(binding, resultOf(binding))],
  ];
  return claims.map(([what, claim]) => `_Static_assert(${Number(claim) || claim}, "${file}: ${name}: ${what}");`);
}

test("bind() has the C prototype above it, wherever it is called", () => {
  const calls = [...Deno.readDirSync(repository("ffi"))].filter(({ isFile, name }) => isFile && name !== "bind.ts")
    .flatMap(({ name }) => [...Deno.readTextFileSync(repository(`ffi/${name}`)).matchAll(/= bind\(\s*"(\w+)"/g)])
    .map(([, name]) => name!);
  assert(calls.length > 40);
  assertEquals(bindings().map(({ name }) => name).sort(), calls.sort());
  for (const { name, prototype } of bindings()) assert(prototype.includes(`${name}(`), `${name}: ${prototype}`);
});

for (const architecture of ARCHITECTURES) {
  test(`bind() has prototypes that the headers of ${architecture} do not contradict`, async () => {
    // The first line fails for what no header declares, the second for what one declares otherwise.
    const source = bindings().flatMap((
      { name, prototype },
    ) => [`extern __typeof__(&${name}) of_${name};`, `${prototype};`]);
    assertEquals(await complaints(architecture, source.join("\n")), "");
  }, needs(architecture));

  test(`bind() has parameters and results as wide as C's on ${architecture}`, async () => {
    assertEquals(await complaints(architecture, bindings().flatMap(agreement).join("\n")), "");
  }, needs(architecture));
}

test("the probe notices a wrong prototype", async () => {
  const wrong =
    'extern __typeof__(&close) of_close; long close(int fd);\n_Static_assert(sizeof(size_t) == 4, "size_t");';
  const found = await complaints("x86_64", wrong);
  assert(/conflicting types for .close/.test(found) && /size_t/.test(found), found);
}, needs("x86_64"));
