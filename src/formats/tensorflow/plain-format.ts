import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import type { FieldSpec, MessageSpec } from "../protobuf/schema.ts";
import { type Leaf, type MessageVisitor, walkProtobuf } from "../protobuf/walk.ts";
import { layoutChildren, parsedAs } from "../protobuf/walked.ts";
import type { KerasMetadata, KerasMetadataFacts, PlainFacts } from "./facts.ts";
import { kerasChild } from "./graph-format.ts";
import { DEBUG_INFO, FINGERPRINT, KERAS_METADATA } from "./schema.ts";

const DEAF: MessageVisitor = { leaf() {} };

/** `fingerprint.pb`: hashes of the parts of a SavedModel. */
export const fingerprintFormat = plainFormat("tf-fingerprint", FINGERPRINT);
/** `debug/saved_model_debug_info.pb`: which source line made which node. */
export const debugInfoFormat = plainFormat("tf-debug-info", DEBUG_INFO);

function plainFormat(id: string, root: MessageSpec): Format<PlainFacts> {
  return {
    id,
    async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<PlainFacts>> {
      const walked = await walkProtobuf(bytes, budget, root, DEAF);
      return parsedAs(walked, { layout: walked.layout });
    },
    children: ({ layout }) => layoutChildren(layout),
  };
}

const MAX_OBJECTS = 20_000;

class Objects implements MessageVisitor {
  readonly objects: KerasMetadata[] = [];
  dropped = 0;
  #identifier = "";

  enter(): void {
    this.#identifier = "";
  }

  leaf(_message: MessageSpec, field: FieldSpec, { text, offset, size }: Leaf): void {
    if (field.name === "identifier") this.#identifier = text;
    else if (field.name !== "metadata" || size === 0) return;
    else if (this.objects.length < MAX_OBJECTS) this.objects.push({ identifier: this.#identifier, offset, size });
    else this.dropped++;
  }
}

/** `keras_metadata.pb`: the configuration of each Keras object of a SavedModel, as JSON. Written by TensorFlow 2.5 to 2.15 and tf-keras. */
export const kerasMetadataFormat: Format<KerasMetadataFacts> = {
  id: "tf-keras-metadata",
  async parse(bytes: ByteSource, budget: Budget): Promise<Parsed<KerasMetadataFacts>> {
    const visitor = new Objects();
    const walked = await walkProtobuf(bytes, budget, KERAS_METADATA, visitor);
    return parsedAs(walked, { layout: walked.layout, objects: visitor.objects, dropped: visitor.dropped });
  },
  children: ({ layout, objects }) => [...layoutChildren(layout), ...objects.map(kerasChild)],
};
