/** Started with 0 to 5 open on the files a to f of its first argument: gives a child every permutation, or every n-th. */
import { runSync } from "../../../lib/processes/mod.ts";
import { ENGINES } from "./engines.ts";
import { listDescriptors, parseDescriptors } from "./reports.ts";

const [folder, step, engine] = Deno.args;
const how = ENGINES[engine as keyof typeof ENGINES];
const report = `${folder}/report`;

function* permutations(of: number[]): Generator<number[]> {
  if (of.length === 0) yield [];
  for (const first of of) for (const rest of permutations(of.filter((n) => n !== first))) yield [first, ...rest];
}

let right = 0;
for (const [i, order] of permutations([0, 1, 2, 3, 4, 5]).toArray().entries()) {
  if (i % Number(step) !== 0) continue;
  const [stdin, stdout, stderr, ...further] = order;
  const fds = Object.fromEntries(further.map((source, i) => [i + 3, source]));
  runSync(listDescriptors(report), { ...how, stdin, stdout, stderr, fds });
  const wanted = order.map((source, to) => `${to} ${folder}/${"abcdef"[source]}`);
  const found = [...parseDescriptors(Deno.readTextFileSync(report))].map(([to, file]) => `${to} ${file}`);
  if (found.join() === wanted.join()) right++;
  else console.error(`${order}: ${found}`);
}
console.log(`${right} right`);
