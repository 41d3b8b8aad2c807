import { type Finding, findingOf, type Reference } from "../../finding.ts";
import type { JsonFacts, Placed } from "../../formats/json/facts.ts";
import type { JsonShapeId } from "../../formats/json/shapes.ts";
import { leadsIntoLeftOut } from "../../left-out.ts";
import { quoted, shown } from "../shown.ts";
import { targetDanger } from "../target-danger.ts";
import { JSON_RULES as RULES } from "./rules.ts";

/** A list of items with a `path` means a folder to one loader only. */
const MODULES: JsonShapeId = "sentence-transformers-modules";

/** Files and folders that a loader opens because the document names them. */
export function fileFindings({ shape, files }: JsonFacts, path: string): readonly Finding[] {
  return files
    .filter((file) => isOpened(file, shape))
    .flatMap((file) => {
      const danger = file.value === "" || leadsIntoLeftOut(file.value) ? null : targetDanger(file.value); // `left-out-path` speaks of the second
      if (danger === null) return [];
      return findingOf(RULES.filePath, {
        severity: "high",
        where: { path, offset: file.at },
        title: `${file.pointer} makes a loader open ${quoted(file.value)}, which ${danger}`,
        proof: { pointer: file.pointer, value: shown(file.value) },
      });
    });
}

/** Shards by name: they have to lie beside the document. */
export function fileReferences({ shape, files }: JsonFacts): readonly Reference[] {
  if (shape !== "mlc-weights" && shape !== "shard-index") return [];
  return files.map(({ value }): Reference => ({ kind: "shard", target: value }));
}

function isOpened({ pointer }: Placed, shape: JsonShapeId | null): boolean {
  return shape === MODULES || !/^\/\d+\/path$/.test(pointer);
}
