import { z } from "zod";
import { ConfigurationSchema } from "./schema.ts";

/** One setting as the schema declares it. */
export interface Setting {
  /** Names from the root: `["server", "port"]`. */
  readonly path: readonly string[];
  /** `server.port`. */
  readonly name: string;
  /** Null for a map, which is set in the file alone. */
  readonly variable: string | null;
  /** Without its dashes; null where there is none. */
  readonly flag: string | null;
  readonly kind: "number" | "boolean" | "text" | "list" | "map";
  readonly nullable: boolean;
  /** Relative ones in the file are relative to the file. */
  readonly isPath: boolean;
  /** What it takes, to be read behind "must be". */
  readonly form: string;
  /** What each item of a list takes, or each value of a map. */
  readonly itemForm: string | null;
  /** Undefined: it must be given where its section is. */
  readonly default: unknown;
  readonly description: string;
}

/** Settings that belong together. */
export interface Section {
  readonly path: readonly string[];
  readonly description: string;
  /** A section that may be absent altogether. */
  readonly optional: boolean;
}

/** What is used here of a JSON schema that zod writes, and of what `meta` adds to it. */
interface Node {
  readonly type?: string;
  readonly anyOf?: readonly Node[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: unknown;
  readonly description?: string;
  readonly form?: string;
  readonly flag?: string;
  readonly isPath?: boolean;
}

const ROOT = z.toJSONSchema(ConfigurationSchema, { io: "input" }) as Node; // members that zod documents, and the metadata of schema.ts

/** Every setting, in the order of the schema. */
export const SETTINGS: readonly Setting[] = settingsIn(ROOT, []);

/** Every section, in the order of the schema. */
export const SECTIONS: readonly Section[] = sectionsIn(ROOT, []);

function settingsIn(node: Node, path: readonly string[]): readonly Setting[] {
  const { inner } = unwrapped(node);
  if (inner.properties === undefined) return [settingOf(node, path)];
  return Object.entries(inner.properties).flatMap(([name, member]) => settingsIn(member, [...path, name]));
}

function sectionsIn(node: Node, path: readonly string[]): readonly Section[] {
  const { inner, nullable } = unwrapped(node);
  if (inner.properties === undefined) return [];
  const below = Object.entries(inner.properties).flatMap(([name, member]) => sectionsIn(member, [...path, name]));
  return path.length === 0 ? below : [{ path, description: node.description ?? inner.description ?? "", optional: nullable }, ...below];
}

function settingOf(node: Node, path: readonly string[]): Setting {
  const { inner, nullable } = unwrapped(node);
  const kind = kindOf(inner);
  return {
    path,
    name: path.join("."),
    variable: kind === "map" ? null : variableOf(path),
    flag: node.flag ?? null,
    kind,
    nullable,
    isPath: inner.isPath ?? false,
    form: `${formOf(node.form === undefined ? inner : node)}${nullable ? ", or null for none" : ""}`,
    itemForm: itemFormOf(inner),
    default: node.default,
    description: node.description ?? "",
  };
}

function unwrapped(node: Node): { readonly inner: Node; readonly nullable: boolean } {
  const inner = node.anyOf?.find(({ type }) => type !== "null");
  return inner === undefined ? { inner: node, nullable: false } : { inner, nullable: true };
}

function kindOf({ type }: Node): Setting["kind"] {
  if (type === "integer") return "number";
  if (type === "boolean") return "boolean";
  if (type === "array") return "list";
  return type === "object" ? "map" : "text";
}

function formOf(node: Node): string {
  if (node.form !== undefined) return node.form;
  if (node.enum !== undefined) return `one of ${node.enum.join(", ")}`;
  if (node.type === "boolean") return "true or false";
  if (node.items !== undefined) return `a list, each item ${formOf(node.items)}`;
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = node;
  return `a whole number from ${minimum} ${maximum === Number.MAX_SAFE_INTEGER ? "up" : `to ${maximum}`}`;
}

function itemFormOf({ items, additionalProperties: values }: Node): string | null {
  if (items !== undefined) return formOf(items);
  return typeof values === "object" ? formOf(values) : null;
}

/** `WEIGHBRIDGE_GATEWAY_MAX_BODY_BYTES` for `gateway.maxBodyBytes`. */
function variableOf(path: readonly string[]): string {
  return ["weighbridge", ...path.map((name) => name.replace(/[A-Z]/g, "_$&"))].join("_").toUpperCase();
}
