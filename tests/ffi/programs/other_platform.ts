/** Imports the library on a platform that it does not know, and makes a first call of each kind. */
const [os, arch] = Deno.args;
Object.defineProperty(Deno, "build", { value: { ...Deno.build, os, arch } });
const { Fd, pipe, spawn } = await import("../../../mod.ts");
console.log("imported");
for (const call of [() => pipe(), () => Fd.adopt(0), () => spawn(["true"])]) {
  try {
    call();
  } catch (error) {
    console.log(`${error instanceof Deno.errors.NotSupported} ${(error as Error).message}`);
  }
}
