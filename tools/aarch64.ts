/**
 * `deno task test:aarch64 [ARGS]`: the tests of what is different on another architecture, on aarch64, emulated by
 * qemu-user. Deno for aarch64 comes from npm; libc from Debian's cross compiler.
 */
import { type Outcome, report, runTests, sum, testArguments } from "./test.ts";

/** The newest one that npm has for this architecture. */
const DENO = "2.9.5";
const PACKAGE = "@deno/linux-arm64-glibc";
const QEMU = "qemu-aarch64-static";
/**
 * Deno signs its pointers (PAuth). A processor may do so by a way of its own, and this one is emulated in two thirds of the
 * time that the way of the manual takes.
 */
const PROCESSOR = "max,pauth-impdef=on";
/** Where Debian's libc6-arm64-cross keeps the libraries. */
const LIBRARIES = "/usr/aarch64-linux-gnu/lib";
const LIBC = "/lib/aarch64-linux-gnu/libc.so.6";

/** What runs there: what calls libc. Bundle, house rules and examples are the same on every machine. Two at a time. */
const TESTS = [[
  "tests/ffi/",
  "tests/core/",
  "tests/sockets/",
  "tests/terminals/master_test.ts",
  "tests/terminals/pty_base_test.ts",
  "tests/terminals/terminal_attributes_test.ts",
  "tests/terminals/window_size_test.ts",
], [
  "tests/processes/",
  "tests/pipes/",
  "tests/locks/",
  "tests/signals/",
  "tests/sysv/",
]];
/**
 * What stands on the rest of its area and calls nothing that is another on another machine: started Denos take 3 s
 * each here, and the waits of these are measured in milliseconds.
 */
const LEFT_OUT = new Set(
  Object.entries({
    ffi: ["child_ends loop loop_turn short_wait import"],
    processes: [
      "drop_privileges self self_child self_command self_permissions warm_self fresh_deno exec exec_self groups permissions",
      "pipeline stages open_pipe opened_child open2 open3 background diamond argument_source deadlock",
      "process_tree process_table orphans ending parent_end wait_any wait_delay retry roll",
      "ids capture run redirects own_command failures environment lines sync options exit_watch conversation program",
    ],
    pipes: ["messenger fifo_open fifo_serve fifo_served_path fifo_injection open_messages"],
    core: ["permissions readiness turns turn_queue legacy starting_directory"],
    locks: ["test_lock acquire contenders file_lock flock injection take web_worker"],
    signals: [
      "refused action ages alarm delivery inherited keeper kill local_signal mask pidfd sig signals timeout trap wait_signal",
    ],
    sysv: [
      "attachment barrier barrier_protocol condition lock_guard lock_owner mutex own_changes owned_lock rw_lock",
      "rw_lock_semaphores shared shared_state channel channel_end channel_errors channel_intake channel_outlet",
      "channel_reader channel_stage channel_writer collection_types field_types sequence_types sleep wait ipcs",
      "message_queue message_traffic queue_errors queue_message queue_outgoing sending_order semaphore_calls",
      "semaphore_creation semaphore_object semaphore_operations posix_message posix_message_queue posix_name",
      "posix_object posix_queue_handle posix_queue_open posix_queue_traffic posix_semaphore posix_shared_memory",
      "two_copies shared_memory queue_transfer",
    ],
    sockets: [
      "activation_peers adopt adoption any_socket_options broken_peers checked_name connect connect_error connect_tcp",
      "connect_udp connect_unix connecting connection connection_peers connection_race connection_reader",
      "connection_streams connection_writer credentials datagram_base datagram_groups datagram_lan datagram_peers",
      "datagram_room datagram_sender datagram_socket deno_sockets descriptor dot_lines host_calls host_entries",
      "hosts inet input_buffer internet_target line_input line_output listen listener listening memberships",
      "multicast_membership",
      "netcat_datagram_peers no_buffers option_types options own_name path_holder perl_peers poll poll_children",
      "poll_deno poll_source receive_calls received_message record_forms record_length resolver rights rights_peers",
      "send_calls services shut_reading socket_base socket_errors socket_flags socket_injection socket_kind",
      "socket_peers socket_permissions socket_receiver socket_sender socket_streams socket_wait ssh_peers",
      "stream_peers unreachable web_worker",
    ],
  }).flatMap(([area, names]) =>
    names.flatMap((some) => some.split(" ")).map((name) => `tests/${area}/${name}_test.ts`)
  ),
);
const MINUTES = Number(Deno.env.get("VASTY_MINUTES") ?? 15);

const ROOT = new URL("../", import.meta.url).pathname;
const CACHE = `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/vasty/aarch64`;
const BINARY = `${CACHE}/deno-${DENO}`;
/** An emulated program cannot be executed by its own name: this one can, and Deno says that it is Deno. */
const WRAPPER = `${CACHE}/deno`;

function exists(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

async function run(command: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, env, cwd: ROOT }).output();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

/** Fetch Deno, whole or not at all. */
async function fetchDeno(): Promise<void> {
  if (exists(BINARY)) return;
  const folder = await Deno.makeTempDir({ dir: CACHE });
  try {
    await run("npm", ["pack", "--silent", `--pack-destination=${folder}`, `${PACKAGE}@${DENO}`]);
    const [{ name: archive }] = [...Deno.readDirSync(folder)] as [Deno.DirEntry];
    await run("tar", ["-xzf", `${folder}/${archive}`, "-C", folder]);
    await Deno.rename(`${folder}/package/deno`, BINARY);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The folders in which the emulated machine sees libc at the place where it is on a real one. */
async function makeSysroot(): Promise<void> {
  const links = {
    "lib/aarch64-linux-gnu": LIBRARIES,
    "usr/lib/aarch64-linux-gnu": LIBRARIES,
    "lib/ld-linux-aarch64.so.1": `${LIBRARIES}/ld-linux-aarch64.so.1`,
  };
  for (const folder of ["lib", "usr/lib"]) await Deno.mkdir(`${CACHE}/sysroot/${folder}`, { recursive: true });
  for (const [link, target] of Object.entries(links)) {
    if (!exists(`${CACHE}/sysroot/${link}`)) await Deno.symlink(target, `${CACHE}/sysroot/${link}`);
  }
}

async function makeWrapper(): Promise<void> {
  await Deno.writeTextFile(`${CACHE}/preload.js`, `Deno.execPath = () => ${JSON.stringify(WRAPPER)};\n`);
  const script = `#!/bin/sh
case $1 in
run | test) command=$1; shift; set -- "$command" "--preload=${CACHE}/preload.js" "$@" ;;
esac
exec ${QEMU} -cpu ${PROCESSOR} -L "${CACHE}/sysroot" "${BINARY}" "$@"
`;
  await Deno.writeTextFile(WRAPPER, script, { mode: 0o755 });
}

/** What this machine lacks for the emulation. */
function lacking(): string[] {
  const path = (Deno.env.get("PATH") ?? "").split(":");
  const programs = { [QEMU]: "qemu-user-static", npm: "npm", tar: "tar" };
  const absent = Object.entries(programs).filter(([name]) => !path.some((folder) => exists(`${folder}/${name}`)));
  const found = absent.map(([name, debian]) => `${name} (Debian: ${debian})`);
  return exists(`${LIBRARIES}/libc.so.6`) ? found : [...found, `${LIBRARIES}/libc.so.6 (Debian: libc6-arm64-cross)`];
}

async function prepare(): Promise<Record<string, string>> {
  await Deno.mkdir(CACHE, { recursive: true });
  await fetchDeno();
  await makeSysroot();
  await makeWrapper();
  // A cache of its own, since versions of Deno discard each other's, filled by the Deno that runs natively.
  const env = { DENO_DIR: `${CACHE}/deno_dir`, VASTY_EMULATED: "1" };
  await run(Deno.execPath(), ["cache", "--quiet", "tests/support/mod.ts"], env);
  return env;
}

function leftOut(file: string): boolean {
  if (LEFT_OUT.has(file)) console.log(`left out: ${file}: the same on every machine`);
  return LEFT_OUT.has(file);
}

/** One module that imports every test file of `places`: a module of their own would take each of them 3 s to load. */
async function together(places: string[]): Promise<string> {
  const files = places.flatMap((folder) => {
    if (!folder.endsWith("/")) return [folder];
    const names = [...Deno.readDirSync(`${ROOT}${folder}`)].map(({ name }) => folder + name);
    return names.filter((name) => name.endsWith("_test.ts") && !leftOut(name)).sort();
  });
  const path = `${CACHE}/${places[0]!.replaceAll("/", "_")}test.ts`;
  await Deno.writeTextFile(path, files.map((file) => `import ${JSON.stringify(`file://${ROOT}${file}`)};\n`).join(""));
  return path;
}

/** Run each group in a process of its own, all at once, and add up. */
async function runGroups(groups: string[][]): Promise<Outcome> {
  const env = await prepare();
  const limit = AbortSignal.timeout(MINUTES * 60_000);
  const outcomes = await Promise.all(groups.map(async (folders) => {
    const files = folders.length > 0 ? [`--config=${ROOT}deno.json`, await together(folders)] : [];
    const args = testArguments(LIBC, ["--no-check", ...Deno.args, ...files]);
    return await runTests(WRAPPER, args, { env, limit, later: groups.length > 1 });
  }));
  if (limit.aborted) console.log(`Ended after ${MINUTES} minutes`);
  return outcomes.reduce(sum);
}

if (import.meta.main) {
  const absent = lacking();
  if (absent.length > 0) {
    console.error(`Emulating aarch64 needs ${absent.join(", ")}`);
    Deno.exit(1);
  }
  const result = await runGroups(Deno.args.some(exists) ? [[]] : TESTS);
  report(result);
  Deno.exit(result.code);
}
