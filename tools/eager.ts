/**
 * What a first `capture()` calls, compiled together with the bundle. V8 compiles a function when it is first called, and
 * what it has not compiled by the end of loading is in no cache: 10 to 40 µs for each of 200 functions, in every process. It
 * compiles at once what stands in parentheses, since most such functions are called at once. What is compiled and not called
 * costs as well, so first_calls.json says which they are. A method cannot stand in parentheses: it becomes a function that
 * is put in its place, by put_members.ts. Nor can a constructor: it calls a function that does its work.
 */
import {
  type AnyNode,
  type CallExpression,
  type ClassBody,
  type FunctionDeclaration,
  type FunctionExpression,
  type MethodDefinition,
  parse,
  type Program,
} from "acorn";
import { transform } from "esbuild";
import { basename } from "node:path/posix";
import calls from "./first_calls.json" with { type: "json" };
import {
  className,
  type FunctionNode,
  functionsIn,
  isFunction,
  nameOf,
  numbered,
  partsOf,
  type Seen,
} from "./functions.ts";
import * as members from "./put_members.ts";
import type { LaterChange } from "./sources.ts";

/** Called as a bundle loads. */
const MEMBERS = "tools/put_members.ts";

/** What is put in at a place of the source, instead of what lies between it and `until`. */
interface Edit {
  at: number;
  until?: number;
  text: string;
}

/** What a module of JavaScript becomes. */
class Rewriting {
  readonly #source: string;
  readonly #early: Map<string, number>;
  readonly #edits: Edit[] = [];
  /** The variables that it needs besides. */
  readonly #variables: string[] = [];

  constructor(source: string, program: Program) {
    this.#source = source;
    this.#early = namesAtLoad(program);
  }

  /** Have a function in parentheses, if it can be. */
  change([node, parent, ...others]: Seen<FunctionNode>): void {
    if (node.type === "ArrowFunctionExpression") this.#around(node, "(", ")");
    if (node.type === "FunctionDeclaration") this.#declaration(node, parent!);
    if (parent?.type === "MethodDefinition" && !usesSuper(parent.value)) {
      if (parent.kind === "constructor") this.#maker(parent, others[0]!, className(others));
      else if (parent.key.type !== "PrivateIdentifier") this.#member(parent);
      else this.#privateMethod(parent, parent.key.name, others[0]!, className(others));
    }
  }

  #around({ start, end }: { start: number; end: number }, before: string, after: string): void {
    this.#edits.push({ at: start, text: before }, { at: end, text: after });
  }

  /** It is made when the module's body comes to it, and not before. */
  #declaration(node: FunctionDeclaration, { type }: AnyNode): void {
    const isTop = type === "Program" || type === "ExportNamedDeclaration";
    if (!isTop || this.#early.get(node.id.name)! < node.start) return;
    this.#around(node, `var ${node.id.name} = (`, ");");
  }

  #member({ start, end, static: ofClass, kind, key, computed, value }: MethodDefinition): void {
    if (kind !== "method" && kind !== "get") return;
    const name = this.#source.slice(key.start, key.end);
    const helper = kind === "get" ? "putGetter" : "putMethod";
    const target = ofClass ? "this" : "this.prototype";
    const place = `${helper}(${target}, ${computed ? name : JSON.stringify(name)}, (`;
    this.#replaceHead(start, value, `static { ${place}${head(value, computed ? "" : name)}`);
    this.#edits.push({ at: end, text: ")); }" });
  }

  /** A variable has the function, and who called the method calls that: it is not for others than the class even so. */
  #privateMethod({ start, end, kind, value }: MethodDefinition, name: string, body: AnyNode, ofClass: string): void {
    const calls = callsOf(name, body);
    if (kind !== "method" || calls === undefined) return;
    const variable = `${ofClass}$${name}`;
    this.#variables.push(variable);
    this.#replaceHead(start, value, `static { ${variable} = (${head(value, name)}`);
    this.#edits.push({ at: end, text: "); }" });
    for (const { call: { end, arguments: [first] }, object } of calls) {
      this.#edits.push({ at: object.start, text: `${variable}.call(` });
      this.#edits.push({ at: object.end, until: first?.start ?? end - 1, text: first === undefined ? "" : ", " });
    }
  }

  /** What a constructor does is done by a function, which it calls. Of one that a class makes while it is defined there is none yet. */
  #maker({ start, end, value }: MethodDefinition, body: AnyNode, ofClass: string): void {
    if (usesNewTarget(value) || isMadeAtLoad(body)) return;
    const variable = `${ofClass}$constructor`;
    this.#variables.push(variable);
    this.#replaceHead(start, value, `static { ${variable} = (${head(value, ofClass)}`);
    const taken = value.params.map(({ type }, i) => type === "RestElement" ? `...a${i}` : `a${i}`);
    // Its `length` counts those before the first that need not be given.
    const named = taken.map((name, i) => value.params[i]!.type === "AssignmentPattern" ? `${name} = undefined` : name);
    const call = `${variable}.call(${["this", ...taken].join(", ")})`;
    this.#edits.push({ at: end, text: `); } constructor(${named.join(", ")}) { ${call}; }` });
  }

  #replaceHead(start: number, { start: until }: FunctionExpression, text: string): void {
    this.#edits.push({ at: start, until, text });
  }

  /** The module as it is now. */
  get text(): string {
    let text = this.#variables.map((name) => `var ${name};`).join("");
    let from = 0;
    for (const edit of this.#edits.toSorted((one, other) => one.at - other.at)) {
      text += this.#source.slice(from, edit.at) + edit.text;
      from = edit.until ?? edit.at;
    }
    return text + this.#source.slice(from);
  }
}

/**
 * `source`, a module of JavaScript, with those of its functions in parentheses that are `called`, by their names in
 * first_calls.json. Each stays on the lines where it was.
 */
export function eager(source: string, called: ReadonlySet<string>): string {
  const program = parse(source, { ecmaVersion: "latest", sourceType: "module" });
  const rewriting = new Rewriting(source, program);
  const tell = numbered();
  for (const seen of functionsIn(program)) if (called.has(tell(nameOf(seen)))) rewriting.change(seen);
  return rewriting.text;
}

/** The names that the body of the module itself uses, each with the place where it first does. */
function namesAtLoad(program: Program): Map<string, number> {
  const names = new Map<string, number>();
  for (const [node, ...parents] of partsOf(program)) {
    if (node.type !== "Identifier" || parents.some(isFunction)) continue;
    if (!names.has(node.name)) names.set(node.name, node.start);
  }
  return names;
}

function usesSuper(node: AnyNode): boolean {
  return [...partsOf(node)].some(([{ type }]) => type === "Super");
}

function usesNewTarget(node: AnyNode): boolean {
  return [...partsOf(node)].some(([{ type }]) => type === "MetaProperty");
}

/** Whether what belongs to a class itself makes something. */
function isMadeAtLoad(body: AnyNode): boolean {
  const ofClass = (body as ClassBody).body.filter((part) =>
    part.type === "StaticBlock" || (part.type === "PropertyDefinition" && part.static)
  );
  return ofClass.flatMap((part) => [...partsOf(part)]).some(([{ type }]) => type === "NewExpression");
}

/** The beginning of a function that keeps its `name`, unless that would hide something else which it calls so. */
function head(node: FunctionExpression, name: string): string {
  const hides = [...partsOf(node)].some(([part]) => part.type === "Identifier" && part.name === name);
  const own = hides || isReserved(name) ? `${name}_` : name;
  return `${node.async ? "async " : ""}function${node.generator ? "*" : ""} ${own}`;
}

/** A method may be called `delete`, and a function may not. */
function isReserved(name: string): boolean {
  try {
    parse(`var ${name || "none"};`, { ecmaVersion: "latest", sourceType: "module" });
    return false;
  } catch {
    return true;
  }
}

/** A call of a method: whose it is, and with what. */
interface MethodCall {
  call: CallExpression;
  object: AnyNode;
}

/** The calls of the private method `name` in the `body` of its class; nothing if it is used otherwise than called. */
function callsOf(name: string, body: AnyNode): MethodCall[] | undefined {
  const uses = [...partsOf(body)].filter(([node]) => node.type === "PrivateIdentifier" && node.name === name);
  const calls = uses.flatMap(([, member, call]): MethodCall[] =>
    member?.type === "MemberExpression" && call?.type === "CallExpression" && call.callee === member &&
      !member.optional && !call.optional
      ? [{ call, object: member.object }]
      : []
  );
  return calls.length === uses.length - 1 ? calls : undefined;
}

/** {@linkcode eager} of the files that first_calls.json names, as JavaScript that knows where its lines come from. */
export const eagerFunctions: LaterChange = async (text, path) => {
  const names = path === MEMBERS ? Object.keys(members) : (calls as Record<string, string[]>)[path];
  if (names === undefined) return text;
  const { code } = await transform(text, {
    loader: "ts",
    target: "esnext",
    sourcefile: basename(path),
    sourcemap: "inline",
  });
  return eager(code, new Set(names));
};
