import { OwnPath } from "../../lib/sockets/own_path.ts";
import { assert, assertThrows, test } from "../support/mod.ts";
import { SocketFolder } from "./loopback.ts";

test("OwnPath removes the file that was there, and no other", () => {
  using folder = new SocketFolder();
  const path = folder.next();
  Deno.writeTextFileSync(path, "");
  const own = new OwnPath(path);
  Deno.renameSync(path, folder.next());
  own.remove();
  Deno.writeTextFileSync(path, "another");
  own.remove();
  assert(Deno.statSync(path).isFile);
  new OwnPath(path).remove();
  assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
  new OwnPath(path).remove();
});
