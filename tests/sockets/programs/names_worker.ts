/** A Web Worker that tells the address of a host, and waits for that of another in vain. */
import { getaddrinfo, gethostbyname } from "../../../lib/sockets/mod.ts";

getaddrinfo("silent.example").catch(() => {});
getaddrinfo("silent.example", 80, { timeout: 20 }).catch(async () => {
  const { addresses } = await gethostbyname("true.example");
  (self as unknown as Worker).postMessage(addresses[0]);
});
