import { assertEquals, repository } from "../support/mod.ts";
import { linesInWorld, worldTest } from "./names_world.ts";

worldTest("a Web Worker looks names up, and may end while nobody answers", async () => {
  const source = `
    const path = ${JSON.stringify(`file://${repository("tests/sockets/programs/names_worker.ts")}`)};
    for (let i = 0; i < 3; i++) {
      const worker = new Worker(path, { type: "module" });
      const { data } = await new Promise((resolve) => worker.onmessage = resolve);
      console.log(data);
      worker.terminate();
    }
    await tell(async () => (await getaddrinfo("true.example", 80, { type: "SOCK_STREAM" }))[0].address.hostname);`;
  const read = `--allow-read=${repository("")}`;
  const flags = ["--allow-net", read, "--allow-sys"];
  assertEquals(await linesInWorld(source, flags), ["192.0.2.7", "192.0.2.7", "192.0.2.7", '"192.0.2.7"']);
});
