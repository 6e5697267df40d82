/** Running the programs that the library is compared with. */

/** A C program of this folder, compiled; `using` removes it. */
export function compiled(source: string): Disposable & { readonly path: string } {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/program`;
  const remove = () => Deno.removeSync(folder, { recursive: true });
  try {
    textOf(["gcc", "-O2", "-Wall", "-Werror", "-o", path, new URL(source, import.meta.url).pathname]);
  } catch (error) {
    remove();
    throw error;
  }
  return { path, [Symbol.dispose]: remove };
}

/** What `command` writes. @throws if it fails: a comparison with a peer that does not work says nothing. */
export function textOf([program, ...args]: readonly string[]): string {
  const { success, code, stdout, stderr } = new Deno.Command(program!, { args, stdin: "null" }).outputSync();
  if (!success) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** The number that `command` writes. */
export function numberFrom(command: readonly string[]): number {
  const text = textOf(command);
  const value = Number.parseFloat(text);
  if (!(value > 0)) throw new Error(`${command.join(" ")} wrote no number but ${JSON.stringify(text)}`);
  return value;
}
