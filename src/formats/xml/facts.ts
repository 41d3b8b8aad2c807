import type { Span } from "../pickle/facts.ts";

/** A name or value of the document and where it stands; hostile text, cut to MAX_TEXT characters. */
export interface XmlPlaced {
  readonly value: string;
  /** Byte offset. */
  readonly at: number;
}

export interface XmlEntity {
  readonly name: string;
  /** `%name;`, known in the document type only. */
  readonly parameter: boolean;
  /** Address that the text is taken from; null where it stands in the declaration. */
  readonly system: string | null;
  /** An unparsed entity is named and not read. */
  readonly unparsed: boolean;
  readonly at: number;
}

export interface XmlDoctype {
  readonly root: string;
  readonly publicId: string | null;
  readonly system: string | null;
  readonly at: number;
}

/** What the references to internal entities make of the document. */
export interface XmlExpansion {
  readonly references: number;
  /** Bytes that a parser ends up with; no more than Number.MAX_SAFE_INTEGER. */
  readonly bytes: number;
  /** An entity that stands for itself, by way of others too. */
  readonly cycle: string | null;
}

export interface XmlInclude extends XmlPlaced {
  readonly parse: string | null;
}

/** A layer of an OpenVINO graph that is in no operator set. */
export interface XmlLayer extends XmlPlaced {
  readonly version: string;
}

export type XmlShapeId = "openvino" | "pmml" | "svg" | "plist" | "pascal-voc";

export interface XmlFacts {
  readonly size: number;
  /** As the declaration says, lower case; null where it says nothing. */
  readonly declaredEncoding: string | null;
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be";
  readonly root: string;
  readonly shape: XmlShapeId | null;
  readonly elements: number;
  readonly doctype: XmlDoctype | null;
  readonly entities: readonly XmlEntity[];
  readonly expansion: XmlExpansion;
  readonly includes: readonly XmlInclude[];
  readonly stylesheets: readonly XmlPlaced[];
  /** Elements and attributes that hold a script, or call one. */
  readonly scripts: readonly XmlPlaced[];
  /** Of PMML: functions of `Apply` with a dot, which an evaluator takes for a class. */
  readonly functions: readonly XmlPlaced[];
  /** Of OpenVINO: layers outside of the operator sets, and what constants own of the weights. */
  readonly layers: readonly XmlLayer[];
  readonly constants: readonly Span[];
  readonly templates: readonly { readonly name: string; readonly text: Uint8Array }[];
  /** Entries left out of the lists above by their bounds. */
  readonly dropped: number;
  /** Bytes behind the root element that are neither white space, comment nor instruction. */
  readonly trailing: Span | null;
  readonly pickleAtEnd: Span | null;
}

export const MAX_TEXT = 200;
export const MAX_KEPT = 200;
