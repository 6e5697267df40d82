/** Whether this isolate is a Web Worker's. When one is terminated nobody closes its descriptors, but for the few that its threads close. */
export const IN_WORKER: boolean = "WorkerGlobalScope" in globalThis;
