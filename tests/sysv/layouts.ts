/** Schemas, and the same structures in C. */
import { type Fields, type Struct, struct } from "../../mod.ts";
import { type FieldType, typeOf } from "../../lib/sysv/field_types.ts";

const C_NAMES: Record<string, string> = {
  i8: "int8_t",
  u8: "uint8_t",
  i16: "int16_t",
  u16: "uint16_t",
  i32: "int32_t",
  u32: "uint32_t",
  i64: "int64_t",
  u64: "uint64_t",
  f32: "float",
  f64: "double",
  bool: "bool",
};

/** The parts of `NAME(A, B)`. */
function partsOf(description: string): string[] {
  const inside = description.slice(description.indexOf("(") + 1, -1);
  const parts: string[] = [];
  let [depth, from] = [0, 0];
  for (let i = 0; i < inside.length; i++) {
    if ("({".includes(inside[i]!)) depth++;
    if (")}".includes(inside[i]!)) depth--;
    if (inside[i] === "," && depth === 0) {
      parts.push(inside.slice(from, i).trim());
      from = i + 1;
    }
  }
  return [...parts, inside.slice(from).trim()];
}

/** C's declaration of `name` with the type that a description tells. */
export function declaration(description: string, name: string): string {
  const kind = /^\w+/.exec(description)?.[0];
  if (description.startsWith("{")) {
    const fields = [...fieldsOf(description)].map(([field, type]) => declaration(type, field));
    return `struct { ${fields.join(" ")} } ${name};`;
  }
  const parts = partsOf(description);
  if (kind === "text") return `char ${name}[${parts[0]}];`;
  if (kind === "bytes") return `unsigned char ${name}[${parts[0]}];`;
  if (kind === "array") return declaration(parts[0]!, `${name}[${parts[1]}]`);
  if (kind === "list") return `struct { uint32_t length; ${declaration(parts[0]!, `items[${parts[1]}]`)} } ${name};`;
  if (kind === "map") {
    const entry = `struct { ${declaration(parts[0]!, "key")} ${declaration(parts[1]!, "value")} }`;
    return `struct { uint32_t length; ${entry} entries[${parts[2]}]; } ${name};`;
  }
  return `${C_NAMES[description]} ${name};`;
}

/** The fields in the description of a structure. */
function fieldsOf(description: string): Map<string, string> {
  const inside = `x(${description.slice(1, -1)})`;
  return new Map(partsOf(inside).map((part) => /^"(\w+)": (.*)$/.exec(part)!.slice(1, 3) as [string, string]));
}

/** A program that prints each structure's size and alignment, and the places of its fields. */
export function program(structures: readonly Struct<Fields>[]): string {
  const prints = structures.map((made, i) => {
    const names = Object.keys(made.fields);
    const offsets = names.map((name) => `offsetof(struct s${i}, ${name})`);
    const values = [`sizeof(struct s${i})`, `_Alignof(struct s${i})`, ...offsets];
    return `printf("${values.map(() => "%zu").join(" ")}\\n", ${values.join(", ")});`;
  });
  const declared = structures.map(({ description }, i) =>
    declaration(description, "").replace(/^struct/, `struct s${i}`).replace(/ +;$/, ";")
  );
  const includes = ["stdbool", "stddef", "stdint", "stdio"].map((name) => `#include <${name}.h>`);
  return [...includes, ...declared, "int main(void) {", ...prints, "return 0; }", ""].join("\n");
}

/** What that program has to print of a structure. */
export function expected(made: Struct<Fields>): string {
  return [made.size, made.alignment, ...Object.keys(made.fields).map((name) => made.offsetOf(name))].join(" ");
}

/** Every named type, as a type. */
export const NAMED: readonly FieldType<unknown>[] = Object.keys(C_NAMES).map((name) => typeOf(name as "u8"));

/** A structure of the given fields, named in their order. */
export function structOfAll(types: readonly FieldType<unknown>[]): Struct<Fields> {
  return struct(Object.fromEntries(types.map((type, i) => [`f${i}`, type])));
}
