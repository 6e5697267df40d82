/** Run by servers.ts with Node: `servers.mjs STEPS` is servers_program.ts with two processes of node:cluster. */
import cluster from "node:cluster";
import { createServer } from "node:net";
import process from "node:process";

function work(steps) {
  let state = 1;
  for (let i = 0; i < steps; i++) state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return state;
}

const steps = Number(process.argv[2]);
if (cluster.isPrimary) {
  let ready = 0;
  for (let i = 0; i < 2; i++) cluster.fork();
  cluster.on("listening", (_worker, { port }) => ++ready === 2 && console.log(port));
} else {
  createServer((socket) => {
    socket.on("error", () => {});
    work(steps);
    socket.end("220 ready\r\n");
  }).listen(0, "127.0.0.1");
}
