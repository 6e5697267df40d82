import { connect } from "../../lib/sockets/mod.ts";
import { OtherEnd } from "../sockets/other_end.ts";
import { assert, count, EMULATED, repository, test, within } from "../support/mod.ts";
import { echoes } from "./served.ts";
import { Serving } from "./serving.ts";

/** A tenth of it in tests, as `count()` has it for what is over 10,000. */
const [IDLE, SLOW, RESETS] = [count(5_000), count(500), count(200)];

test(
  "serve() serves a new client at once beside a crowd of idle, slow and resetting ones, in little memory",
  async () => {
    await using serving = await Serving.start();
    const script = repository("tests/servers/programs/crowd.pl");
    await using crowd = new OtherEnd(["perl", script, `${serving.port}`, `${IDLE}`, `${SLOW}`, `${RESETS}`]);
    await crowd.prints("READY");
    const begun = performance.now();
    using client = await connect({ port: serving.port });
    assert(await echoes(client));
    assert(performance.now() - begun < within(200), `${performance.now() - begun} ms`);
    assert(EMULATED || serving.memory < 200, `${serving.memory} MiB`);
    assert(serving.descriptors > IDLE + SLOW);
  },
  { needs: ["perl"] },
);

test("serve() after a server that was killed under load has its port again at once", async () => {
  const script = repository("tests/servers/programs/crowd.pl");
  let port = 0;
  for (const _ of [1, 2, 3]) {
    await using serving = await Serving.start([], port);
    port = serving.port;
    await using crowd = new OtherEnd(["perl", script, `${port}`, "20", "20", "5"]);
    await crowd.prints("READY");
    serving.end.child.kill("SIGKILL");
  }
}, { needs: ["perl"] });
