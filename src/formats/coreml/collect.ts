import type { FieldSpec, MessageSpec } from "../protobuf/schema.ts";
import type { Leaf, MessageVisitor } from "../protobuf/walk.ts";
import type { MessageLayout } from "../protobuf/walked.ts";
import type { CoreMlFacts, CustomClass, LinkedModel, Opaque } from "./facts.ts";

const MAX_KEPT = 2000;
/** Bytes that Apple's natural-language frameworks archive, and whole models in a form of their own. */
const OPAQUE: ReadonlySet<string> = new Set(["TextClassifier", "WordTagger", "Gazetteer", "WordEmbedding", "SerializedModel"]);

/** Keeps of a model, and of the models in its pipelines, what an examiner needs. */
export class CoreMlCollector implements MessageVisitor {
  readonly #custom: CustomClass[] = [];
  readonly #linked: { fileName: string; searchPath: string; at: number }[] = [];
  readonly #weightFiles = new Map<string, number>();
  readonly #opaque = new Map<string, Opaque>();
  #version = 0;
  #isSearchPath = false;
  #dropped = 0;

  enter({ name }: MessageSpec, field: FieldSpec, at: number): void {
    if (name === "LinkedModel") this.#keep(this.#linked, { fileName: "", searchPath: "", at });
    else if (name === "StringParameter") this.#isSearchPath = field.name === "linkedModelSearchPath";
    else if (name === "CustomModel" || name === "CustomLayerParams")
      this.#keep(this.#custom, { kind: name === "CustomModel" ? "model" : "layer", className: "", at });
  }

  leaf({ name }: MessageSpec, field: FieldSpec, { text, value, at, size }: Leaf): void {
    if (field.name === "className") this.#setClass(text);
    else if (name === "StringParameter") this.#setLink(text);
    else if (name === "Value.BlobFileValue" && field.name === "fileName") this.#weightFile(text, at);
    else if (OPAQUE.has(name) && field.kind === "bytes") this.#opaque.set(name, { what: `${name}.${field.name}`, at, size });
    else if (name === "Model" && field.name === "specificationVersion" && this.#version === 0) this.#version = value;
  }

  facts(layout: MessageLayout): CoreMlFacts {
    return {
      specificationVersion: this.#version,
      custom: this.#custom,
      linked: this.#linked satisfies LinkedModel[],
      weightFiles: [...this.#weightFiles].map(([fileName, at]) => ({ fileName, at })),
      opaque: [...this.#opaque.values()],
      dropped: this.#dropped,
      layout,
    };
  }

  #setClass(className: string): void {
    const open = this.#custom.pop();
    if (open !== undefined) this.#custom.push({ ...open, className });
  }

  #setLink(text: string): void {
    const open = this.#linked.at(-1);
    if (open === undefined) return;
    if (this.#isSearchPath) open.searchPath = text;
    else open.fileName = text;
  }

  #weightFile(fileName: string, at: number): void {
    if (this.#weightFiles.has(fileName)) return;
    if (this.#weightFiles.size < MAX_KEPT) this.#weightFiles.set(fileName, at);
    else this.#dropped++;
  }

  #keep<T>(list: T[], item: T): void {
    if (list.length < MAX_KEPT) list.push(item);
    else this.#dropped++;
  }
}
