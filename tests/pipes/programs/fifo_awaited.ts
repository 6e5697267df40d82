/** Opens the FIFO that its argument names for writing, has nothing else to wait for, and then writes a line. */
import { openFifo } from "../../../mod.ts";

openFifo(Deno.args[0]!, "w").then(async (fifo) => {
  const writer = fifo.writable.getWriter();
  await writer.write(new TextEncoder().encode("it lived\n"));
  await writer.close();
});
