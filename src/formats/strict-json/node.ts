import type { Json } from "../../json.ts";

/** One value of a JSON document with the byte offset of its first character. Objects keep every member, in order, duplicates too. */
export type JsonNode = JsonLiteral | JsonNumber | JsonText | JsonArray | JsonObject;

export interface JsonLiteral {
  readonly kind: "literal";
  readonly at: number;
  readonly value: null | boolean;
}

export interface JsonNumber {
  readonly kind: "number";
  readonly at: number;
  /** The nearest double; not finite for the `NaN` and `Infinity` that Python writes. */
  readonly value: number;
  /** As written: loaders differ in what they make of large integers and of `1.0`. */
  readonly text: string;
}

export interface JsonText {
  readonly kind: "string";
  readonly at: number;
  readonly value: string;
}

export interface JsonArray {
  readonly kind: "array";
  readonly at: number;
  readonly items: readonly JsonNode[];
}

export interface JsonObject {
  readonly kind: "object";
  readonly at: number;
  readonly members: readonly JsonMember[];
}

export interface JsonMember {
  readonly key: string;
  /** Offset of the key's opening quote. */
  readonly at: number;
  readonly value: JsonNode;
}

/** The member that most loaders take: the last one of that name. */
export function memberOf(node: JsonNode | null | undefined, key: string): JsonNode | undefined {
  return node?.kind === "object" ? node.members.findLast((member) => member.key === key)?.value : undefined;
}

/** The text of a string node, else undefined. */
export function textOf(node: JsonNode | null | undefined): string | undefined {
  return node?.kind === "string" ? node.value : undefined;
}

/** The value of a number written as an integer from 0 to 2^53 - 1, else undefined. */
export function countOf(node: JsonNode | null | undefined): number | undefined {
  if (node?.kind !== "number" || !Number.isSafeInteger(node.value) || node.value < 0) return undefined;
  return /^[0-9]+$/.test(node.text) ? node.value : undefined;
}

/** Drops positions and all but the last of duplicate members; numbers that are not finite become null. */
export function plainJson(node: JsonNode): Json {
  switch (node.kind) {
    case "literal":
    case "string":
      return node.value;
    case "number":
      return Number.isFinite(node.value) ? node.value : null;
    case "array":
      return node.items.map(plainJson);
    case "object":
      return Object.fromEntries(node.members.map((member) => [member.key, plainJson(member.value)]));
  }
}
