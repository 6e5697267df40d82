// permissions: --allow-ffi={libc} --allow-run=sh
/** A program for the launcher: `exit CODE`, `die SIGNAL`, `arguments ...`, `copy`, or `listen` to signals. */
import { exec } from "../../../lib/processes/mod.ts";

const [what, ...args] = Deno.args;

function listen(): void {
  const signals = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const;
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => {
      console.log(signal);
      if (signal === "SIGUSR2") Deno.exit(7);
    });
  }
  console.log(`READY ${Deno.pid}`);
  // A listener alone keeps no program alive.
  setInterval(() => {}, 60_000);
}

/** Deno has handlers of its own for some signals, and ignores SIGPIPE; a shell in its place has not. */
function die(signal: string): never {
  exec(["sh", "-c", `kill -${signal} $$`]);
}

if (what === "exit") Deno.exit(Number(args[0]));
else if (what === "die") die(args[0]!);
else if (what === "arguments") console.log(JSON.stringify(args));
else if (what === "listen") listen();
else if (what === "copy") {
  const text = await new Response(Deno.stdin.readable).text();
  Deno.stdout.writeSync(new TextEncoder().encode(text));
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
