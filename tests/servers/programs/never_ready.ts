/** What children of servers in the tests load that do not come up for as long as nobody ends them. */
await new Promise(() => setInterval(() => {}, 1_000));

export function any() {}
