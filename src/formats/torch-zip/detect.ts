import type { Detector, Probe } from "../../format.ts";
import { askZip } from "../zip/detect.ts";
import { namesInZip } from "../zip/names-in-zip.ts";
import type { TorchZipFacts } from "./facts.ts";
import { plainName } from "./names.ts";

type Kind = TorchZipFacts["kind"];

const DATA = /(?:^|\/)data\.pkl$/;
const CONSTANTS = /(?:^|\/)constants\.pkl$/;
const CODE = /(?:^|\/)code\//;
const ARCHIVE_FORMAT = /^(?:[^/]+\/)?archive_format$/;
/** Graphs of torch.export archives; before torch 2.8 there was one, under a name of its own. */
const EXPORTED = /^(?:[^/]+\/)?(?:models\/[^/]+\.json|data\/aotinductor\/.+)$/;
const EXPORTED_BEFORE = /^(?:[^/]+\/)?serialized_exported_program\.json$/;

const SIGNS = [DATA, CONSTANTS, CODE, ARCHIVE_FORMAT, EXPORTED, EXPORTED_BEFORE];

/** What the names in an archive, as `plainName` writes them, say of who wrote it. */
class NameSigns {
  readonly #seen = new Set<RegExp>();

  add(name: string): void {
    for (const sign of SIGNS) if (!this.#seen.has(sign) && sign.test(name)) this.#seen.add(sign);
  }

  /** A checkpoint with a `code/` folder is judged as a compiled module, which is the stricter reading of its Python. */
  get kind(): Kind | null {
    const has = (sign: RegExp) => this.#seen.has(sign);
    if ((has(DATA) || has(CONSTANTS)) && has(CODE)) return "torchscript";
    if ((has(ARCHIVE_FORMAT) && has(EXPORTED)) || has(EXPORTED_BEFORE)) return "pt2";
    return has(DATA) ? "torch-zip" : null;
  }
}

/** What torch writes into a zip archive: a compiled module, an exported program, a checkpoint; or none of them. @param names as `plainName` writes them */
export function torchKindOf(names: Iterable<string>): Kind | null {
  const signs = new NameSigns();
  for (const name of names) signs.add(name);
  return signs.kind;
}

const kinds = new WeakMap<Probe, Promise<Kind | null>>();

/** The same for each of the three detectors, so it is found once for a probe. */
function kindOf(probe: Probe): Promise<Kind | null> {
  const known = kinds.get(probe) ?? readKind(probe).catch(() => null);
  kinds.set(probe, known);
  return known;
}

async function readKind(probe: Probe): Promise<Kind | null> {
  const signs = new NameSigns();
  for (const name of await namesInZip(probe)) signs.add(plainName(name));
  return signs.kind;
}

async function answer(kind: Kind, probe: Probe): Promise<"yes" | "maybe" | "no"> {
  const zip = await askZip(probe);
  return zip !== "no" && (await kindOf(probe)) === kind ? zip : "no";
}

/** Zip archives that torch wrote, told apart by the names in their directories. */
export const TORCH_DETECTORS: readonly Detector[] = [
  { id: "torch-zip", refines: ["zip"], detect: (probe) => answer("torch-zip", probe) },
  { id: "torchscript", refines: ["zip", "torch-zip"], detect: (probe) => answer("torchscript", probe) },
  { id: "pt2", refines: ["zip", "torch-zip"], detect: (probe) => answer("pt2", probe) },
];
