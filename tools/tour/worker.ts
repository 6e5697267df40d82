/** The Web Worker of the tour. */
import { capture } from "../../lib/processes/mod.ts";

const { stdout } = await capture(["echo", "from a child of the worker"]);
(self as unknown as { postMessage(message: string): void }).postMessage(stdout);
