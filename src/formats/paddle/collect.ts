import type { TextAttribute } from "../protobuf/operator.ts";
import type { FieldSpec, MessageSpec } from "../protobuf/schema.ts";
import type { Leaf, MessageVisitor } from "../protobuf/walk.ts";
import type { MessageLayout } from "../protobuf/walked.ts";
import type { PaddleFacts } from "./facts.ts";

const MAX_OPERATORS = 5000;
const MAX_TEXTS = 2000;
/** Texts kept of one operator. */
const MAX_OWN = 32;
/** Attributes that name a place or something that is called. */
const NAMING = /file|path|dir|endpoint|epmap|url|host|address|callable|library/i;

interface OpenOperator {
  name: string;
  readonly at: number;
  readonly texts: { name: string; value: string; at: number }[];
}

/** Keeps of a program what an examiner needs. The type of an operator follows its attributes or stands before them. */
export class PaddleCollector implements MessageVisitor {
  readonly #operators = new Map<string, { name: string; count: number; at: number }>();
  readonly #texts: TextAttribute[] = [];
  #open: OpenOperator | null = null;
  #attribute = { name: "", values: [] as string[] };
  #nodes = 0;
  #blocks = 0;
  #dropped = 0;

  enter({ name }: MessageSpec, _field: FieldSpec, at: number): void {
    if (name === "OpDesc") this.#open = { name: "", at, texts: [] };
    else if (name === "OpDesc.Attr") this.#attribute = { name: "", values: [] };
    else if (name === "BlockDesc") this.#blocks++;
  }

  leaf({ name }: MessageSpec, field: FieldSpec, { text }: Leaf): void {
    if (name === "OpDesc" && field.name === "type" && this.#open !== null) this.#open.name = text;
    else if (name !== "OpDesc.Attr") return;
    else if (field.name === "name") this.#attribute.name = text;
    else if ((field.name === "s" || field.name === "strings") && this.#attribute.values.length < MAX_OWN) this.#attribute.values.push(text);
  }

  leave({ name }: MessageSpec, _field: FieldSpec, at: number): void {
    if (name === "OpDesc") this.#endOperator();
    else if (name === "OpDesc.Attr") this.#endAttribute(at);
  }

  facts(layout: MessageLayout): PaddleFacts {
    return { operators: [...this.#operators.values()], texts: this.#texts, nodes: this.#nodes, blocks: this.#blocks, dropped: this.#dropped, layout };
  }

  #endAttribute(at: number): void {
    const { name, values } = this.#attribute;
    if (this.#open === null || !NAMING.test(name)) return;
    for (const value of values) if (value !== "" && this.#open.texts.length < MAX_OWN) this.#open.texts.push({ name, value, at });
  }

  #endOperator(): void {
    const open = this.#open;
    this.#open = null;
    if (open === null || open.name === "") return;
    this.#nodes++;
    const known = this.#operators.get(open.name);
    if (known !== undefined) known.count++;
    else if (this.#operators.size < MAX_OPERATORS) this.#operators.set(open.name, { name: open.name, count: 1, at: open.at });
    else this.#dropped++;
    for (const text of open.texts)
      if (this.#texts.length < MAX_TEXTS) this.#texts.push({ operator: open.name, ...text });
      else this.#dropped++;
  }
}
