/** The functions of a module, by the names that V8 has for them. */
import type { AnyNode, ArrowFunctionExpression, FunctionDeclaration, FunctionExpression } from "acorn";

export type FunctionNode = ArrowFunctionExpression | FunctionDeclaration | FunctionExpression;

/** A part of a program, and what it is in, the closest first. */
export type Seen<Node extends AnyNode = AnyNode> = readonly [node: Node, ...parents: AnyNode[]];

/** `node` and all that it consists of, in the order of the source. */
export function* partsOf(...seen: Seen): Generator<Seen, void> {
  yield seen;
  for (const part of Object.values(seen[0]).flat()) {
    if (typeof part?.type === "string") yield* partsOf(part, ...seen);
  }
}

/** The functions in it. */
export function* functionsIn(...seen: Seen): Generator<Seen<FunctionNode>, void> {
  for (const [node, ...parents] of partsOf(...seen)) if (isFunction(node)) yield [node, ...parents];
}

export function isFunction(node: AnyNode): node is FunctionNode {
  return ["ArrowFunctionExpression", "FunctionDeclaration", "FunctionExpression"].includes(node.type);
}

/** The name of a function: its own, or that of what it is the value of; empty if there is none. */
export function nameOf([node, parent, ...others]: Seen<FunctionNode>): string {
  if (node.type !== "ArrowFunctionExpression" && node.id) return node.id.name;
  switch (parent?.type) {
    case "VariableDeclarator":
      return textOf(parent.id);
    case "AssignmentPattern":
    case "AssignmentExpression":
      return textOf(parent.left);
    case "MethodDefinition":
    case "Property":
    case "PropertyDefinition":
      if (isConstructor(parent)) return className(others);
      return parent.computed ? "" : prefix(parent) + textOf(parent.key);
    default:
      return "";
  }
}

function isConstructor(node: AnyNode): boolean {
  return node.type === "MethodDefinition" && node.kind === "constructor";
}

function prefix(node: AnyNode): string {
  return "kind" in node && (node.kind === "get" || node.kind === "set") ? `${node.kind} ` : "";
}

function textOf(node: AnyNode): string {
  if (node.type === "Identifier") return node.name;
  return node.type === "PrivateIdentifier" ? `#${node.name}` : "";
}

/** The name of the class in whose body something is, by what that is in. */
export function className([, node, parent]: readonly AnyNode[]): string {
  if (node?.type === "ClassDeclaration" || node?.type === "ClassExpression") {
    if (node.id) return node.id.name;
  }
  return parent?.type === "VariableDeclarator" ? textOf(parent.id) : "";
}

/** Tells functions of one file apart: to be called with the name of each, in their order. */
export function numbered(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const number = (seen.get(name) ?? 0) + 1;
    seen.set(name, number);
    return name !== "" && number === 1 ? name : `${name}:${number}`;
  };
}
