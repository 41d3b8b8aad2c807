import { ndarray, type Packed, pack } from "../fixtures/msgpack/pack.ts";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

const flax = (params: Packed): Files => ({ "flax_model.msgpack": pack({ params }) });
const plain = flax(ndarray([2], "float32", new Uint8Array(8)));

export const MSGPACK_EXAMPLES: readonly RuleExample[] = [
  {
    rule: "msgpack-extension",
    severity: "medium",
    fires: { what: "A state of Flax with an extension of type 9.", files: flax({ code: 9, data: new Uint8Array(3) }) },
    silent: { what: "A state of Flax with an array.", files: plain },
  },
  {
    rule: "msgpack-structure",
    severity: "medium",
    fires: { what: "An array of three numbers with the bytes of two.", files: flax(ndarray([3], "float32", new Uint8Array(8))) },
    silent: { what: "An array of two numbers with their bytes.", files: plain },
  },
];
