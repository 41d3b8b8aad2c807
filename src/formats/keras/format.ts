import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { readJson } from "../strict-json/read.ts";
import { Collector } from "./collect.ts";
import { decodedJson } from "./encoding.ts";
import type { KerasFacts } from "./facts.ts";

/**
 * A configuration of Keras: a model with its layers, or what a model was compiled with, as JSON. All versions from 1 on
 * (`keras/src/saving/serialization_lib.py`, `keras/src/legacy/saving/serialization.py`).
 */
export const kerasConfig: Format<KerasFacts> = {
  id: "keras-config",
  parse: parseKerasConfig,
  children: ({ embedded }) =>
    embedded.map(({ pointer, isModule, bytes }) => ({ name: pointer, region: { in: "memory", bytes }, treatment: isModule ? "examine" : "probe" })),
};

async function parseKerasConfig(bytes: ByteSource, budget: Budget): Promise<Parsed<KerasFacts>> {
  const collector = new Collector(budget);
  if (bytes.size > budget.limits.maxHeaderBytes)
    return { kind: "limit", facts: collector.facts(), anomalies: [], why: `configuration of ${bytes.size} bytes is over maxHeaderBytes` };
  let held = 0;
  try {
    budget.hold(3 * bytes.size);
    held += 3 * bytes.size;
    const document = decodedJson(await bytes.read(0, bytes.size));
    const { kind, facts, anomalies: odd, at, why } = readJson(document.bytes, budget);
    if (document.encoding !== "UTF-8") collector.places = false;
    const anomalies =
      document.encoding === "UTF-8"
        ? odd
        : [...odd.map((each) => ({ ...each, at: 0 })), { kind: "encoding", at: 0, what: `the document is ${document.encoding}` }];
    held += facts.heldBytes;
    if (facts.root !== null) collector.walk(facts.root);
    return {
      kind,
      facts: collector.facts(),
      anomalies,
      ...(at === undefined ? {} : { at: collector.places ? at : 0 }),
      ...(why === undefined ? {} : { why }),
    };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { kind: "limit", facts: collector.facts(), anomalies: [], why: error.message };
  } finally {
    budget.release(held);
  }
}
