/**
 * Servers that others start and supervise, and that are replaced by their new code while they serve.
 *
 * ```ts
 * import { inheritedSockets, restartable } from "@vasty/vasty/servers";
 * import { listen } from "@vasty/vasty/sockets";
 *
 * using restarter = restartable();
 * using web = await restarter.inherited("web", () => {
 *   const given = inheritedSockets({ from: ["inetd"] }).find(({ kind }) => kind?.listening);
 *   return given?.listener() ?? listen({ hostname: "127.0.0.1" });
 * });
 * restarter.ready();
 * console.assert("port" in web.addr && restarter.generation === 1);
 * ```
 *
 * Sockets come from systemd, inetd or Server::Starter, and are given to children in the same way. The supervisor is told by
 * sd_notify(3), or by a descriptor as s6 has it.
 *
 * @module
 */
export { type Activation, activation, type ActivationOptions } from "./activation.ts";
export type { Client } from "./client.ts";
export type { ForkedProgram } from "./forked.ts";
export type { ForkedClient } from "./forked_child.ts";
export type { GenerationRole } from "./generation_state.ts";
export { type ActivationSource, InheritedSocket } from "./inherited_socket.ts";
export { inheritedSockets, type InheritedSocketsOptions } from "./inherited_sockets.ts";
export { notify, notifyBarrier, type NotifyOptions, notifySync, type NotifySyncOptions } from "./notify.ts";
export { notifyDescriptor } from "./notify_descriptor.ts";
export type { NotifyFields } from "./notify_fields.ts";
export type { PreforkNumbers } from "./prefork_count.ts";
export type { PreforkSettings } from "./prefork_pool.ts";
export type { PreforkedConnection } from "./preforked_child.ts";
export { RestartError } from "./restart_error.ts";
export { restartable } from "./restartable.ts";
export { type KeptSocket, Restarter } from "./restarter.ts";
export type { RestarterOptions } from "./restarter_options.ts";
export type { ServedExport } from "./self_child_channel.ts";
export { serve } from "./serve.ts";
export type {
  DatagramHandler,
  Greeting,
  ServeAddress,
  ServedChild,
  ServeHandlers,
  ServeMode,
  ServeOptions,
  StreamHandler,
  UnixDatagramListening,
} from "./serve_options.ts";
export { Server, type ServerStopOptions } from "./server.ts";
export type { ServerEvent, ServerEventKind, ServerLog } from "./server_log.ts";
export { removeStoredDescriptors, storeDescriptors, type StoreOptions } from "./stored_descriptors.ts";
export { type Watchdog, watchdog, type WatchdogOptions } from "./watchdog.ts";
