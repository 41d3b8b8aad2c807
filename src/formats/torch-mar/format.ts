import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { memberOf, textOf } from "../strict-json/node.ts";
import { readJson } from "../strict-json/read.ts";
import { childrenOfMember, childrenOfZip, parseZip, type ZipFacts } from "../zip/index.ts";
import { readNamed } from "../zip/named.ts";
import { MANIFEST } from "./detect.ts";
import type { MarFacts, MarKey, MarName } from "./facts.ts";

const KEYS: readonly MarKey[] = ["handler", "serializedFile", "modelFile", "requirementsFile", "configFile", "extraFiles", "envelope"];
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const MAX_LIST_BYTES = 1024 * 1024;
const MAX_LINES = 1000;
const MAX_NAMES = 100;
const MAX_TEXT = 200;

/**
 * An archive for TorchServe: a zip with weights, a handler, and a manifest that says which is which. What the manifest names is what the server
 * loads, runs and installs. https://github.com/pytorch/serve/blob/master/model-archiver/README.md
 */
export const torchMarFormat: Format<MarFacts> = { id: "torch-mar", parse: parseMar, children };

async function parseMar(source: ByteSource, budget: Budget): Promise<Parsed<MarFacts>> {
  const parsed = await parseZip(source, budget);
  const reading = new Reading(source, parsed.facts, budget);
  let stopped: LimitError | null = null;
  try {
    await reading.manifests();
    await reading.requirements();
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    stopped = error;
  }
  const facts = reading.facts();
  return stopped === null ? { ...parsed, facts } : { kind: "limit", facts, anomalies: parsed.anomalies, why: stopped.message };
}

class Reading {
  readonly #source: ByteSource;
  readonly #zip: ZipFacts;
  readonly #budget: Budget;
  readonly #manifests = new Set<number>();
  readonly #names: MarName[] = [];
  readonly #lines: MarFacts["requirements"][number][] = [];
  #recognised = false;
  #unread: string | null = null;

  constructor(source: ByteSource, zip: ZipFacts, budget: Budget) {
    this.#source = source;
    this.#zip = zip;
    this.#budget = budget;
  }

  async manifests(): Promise<void> {
    for await (const { index, bytes } of readNamed(this.#source, this.#zip, (name) => name === MANIFEST, this.#budget, MAX_MANIFEST_BYTES)) {
      this.#manifests.add(index);
      if (bytes === null) this.#unread ??= "the manifest cannot be unpacked, or is too large";
      else this.#manifest(bytes);
    }
  }

  #manifest(bytes: Uint8Array): void {
    const { kind, facts, why } = readJson(bytes, this.#budget);
    if (kind !== "parsed") this.#unread ??= `the manifest: ${why ?? "it is no JSON"}`;
    const model = memberOf(facts.root, "model");
    if (model?.kind === "object") {
      this.#recognised = true;
      // Each member of that name, should there be several: readers differ in which they take.
      for (const { key, value } of model.members) {
        const known = KEYS.find((each) => each === key);
        const text = textOf(value);
        if (known !== undefined && text !== undefined && this.#names.length < MAX_NAMES) this.#names.push({ key: known, value: text });
      }
    }
    this.#budget.release(facts.heldBytes);
  }

  async requirements(): Promise<void> {
    const named = new Set(this.#names.filter(({ key }) => key === "requirementsFile").map(({ value }) => value));
    const isList = (name: string) => named.has(name) || name === "requirements.txt";
    for await (const { index, bytes } of readNamed(this.#source, this.#zip, isList, this.#budget, MAX_LIST_BYTES)) {
      if (bytes === null) this.#unread ??= "a list of packages cannot be unpacked, or is too large";
      else this.#list(this.#zip.members[index]?.names[0] ?? "", bytes);
    }
  }

  #list(file: string, bytes: Uint8Array): void {
    this.#budget.steps(bytes.length >> 3);
    const lines = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .toString("utf8")
      .split(/\r\n?|\n/);
    for (const [index, text] of lines.entries()) {
      if (/^\s*(?:#|$)/.test(text)) continue;
      if (this.#lines.length >= MAX_LINES) {
        this.#unread ??= `more than ${MAX_LINES} packages`;
        return;
      }
      this.#lines.push({ file: file.slice(0, MAX_TEXT), line: index + 1, text });
    }
  }

  facts(): MarFacts {
    return {
      zip: this.#zip,
      manifests: [...this.#manifests],
      recognised: this.#recognised,
      names: this.#names,
      requirements: this.#lines,
      unread: this.#unread,
    };
  }
}

/** A manifest that describes a model is settled here; all else is examined as in any archive. */
function children({ zip, manifests, recognised }: MarFacts): readonly ChildRef[] {
  const settled = new Set(recognised ? manifests : []);
  const members = zip.members.flatMap((member, index) => (settled.has(index) ? [] : childrenOfMember(member)));
  return [...members, ...childrenOfZip({ ...zip, members: [] })];
}
