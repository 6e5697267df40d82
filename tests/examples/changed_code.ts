/** Examples whose code changes while they run: in a copy of theirs, beside links to the library. */
import { repository } from "../support/mod.ts";
import { Folder } from "./launched.ts";
import { directCommand } from "./signalled.ts";

/** A folder with the examples, and with room for their files in `here`. */
export class CodeFolder extends Folder {
  /** Where the user stands. */
  readonly here = `${this.path}/here`;

  constructor() {
    super();
    for (const name of ["lib", "ffi"]) Deno.symlinkSync(repository(name), `${this.path}/${name}`);
    copyFolder(repository("examples"), `${this.path}/examples`);
    Deno.mkdirSync(this.here);
  }

  /** The file of an example. */
  file(name: string): string {
    return `${this.path}/examples/${name}.ts`;
  }

  /** The command line of an example; `module` is how its file is called. */
  command(name: string, args: string[], module = this.file(name), flags: string[] = []): string[] {
    const own = repository(`examples/${name}.ts`);
    const [deno, run, ...words] = directCommand(name, ...args);
    return [deno!, run!, ...flags, ...words.map((word) => word === own ? module : word)];
  }

  /** Change the code of an example. */
  change(name: string, from: string, to: string): void {
    const text = Deno.readTextFileSync(this.file(name));
    if (!text.includes(from)) throw new Error(`${name} has no ${JSON.stringify(from)}`);
    Deno.writeTextFileSync(this.file(name), text.replace(from, to));
  }
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyFolder(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}
