import { type Finding, findingOf, type Reference } from "../../finding.ts";
import type { ExternalTensor } from "../../formats/onnx/facts.ts";
import { targetDanger } from "../target-danger.ts";
import { ONNX_RULES as RULES } from "./rules.ts";

/** How ONNX Runtime marks tensors that lie in its own memory: in a file, offset and length are addresses that it would read. */
const MEMORY_TAG = "*/_ORT_MEM_ADDR_/*";

interface Place {
  readonly location: string;
  readonly first: ExternalTensor;
  readonly all: readonly ExternalTensor[];
}

/** Where the tensors say that their bytes lie: one finding for each place that is no plain name, or whose entry is odd. */
export function externalFindings(external: readonly ExternalTensor[], path: string): readonly Finding[] {
  return placesOf(external).flatMap((place) => [...pathFinding(place, path), ...entryFindings(place, path)]);
}

/** Each file that holds tensors of the model, with the bytes that they own. */
export function externalReferences(external: readonly ExternalTensor[]): readonly Reference[] {
  return placesOf(external)
    .filter(({ location }) => location !== "" && targetDanger(location) === null)
    .map(({ location, all }) => ({
      kind: "tensor-data",
      target: location,
      owns: all.filter(isSpan).map(({ offset, length }) => ({ offset, size: length })),
    }));
}

function placesOf(external: readonly ExternalTensor[]): readonly Place[] {
  return [...Map.groupBy(external, ({ location }) => location)].flatMap(([location, all]) => {
    const [first] = all;
    return first === undefined ? [] : [{ location, first, all }];
  });
}

function pathFinding({ location, first, all }: Place, path: string): readonly Finding[] {
  if (location === "")
    return [
      findingOf(RULES.externalEntry, {
        severity: "medium",
        where: { path, offset: first.at },
        title: `Tensor ${shown(first.tensor)} has external data without a location`,
        proof: { tensor: first.tensor, tensors: all.length },
      }),
    ];
  const danger = location === MEMORY_TAG ? "makes ONNX Runtime read the memory of its process" : targetDanger(location);
  if (danger === null) return [];
  return [
    findingOf(RULES.externalPath, {
      severity: "high",
      where: { path, offset: first.at },
      title: `External data of tensor ${shown(first.tensor)} is ${shown(location)}, which ${danger}`,
      proof: { tensor: first.tensor, tensors: all.length, location: location.slice(0, 200) },
    }),
  ];
}

function entryFindings({ location, first, all }: Place, path: string): readonly Finding[] {
  const keys = [...new Set(all.flatMap(({ otherKeys }) => otherKeys))].slice(0, 20);
  const odd = all.find((tensor) => !isSpan(tensor));
  return [
    ...(keys.length === 0
      ? []
      : [
          findingOf(RULES.externalEntry, {
            severity: "medium",
            where: { path, offset: first.at },
            title: `External data of tensor ${shown(first.tensor)} has the key ${shown(keys[0] ?? "")}, which the specification does not have`,
            proof: { keys },
          }),
        ]),
    ...(odd === undefined
      ? []
      : [
          findingOf(RULES.externalEntry, {
            severity: "medium",
            where: { path, offset: odd.at },
            title: `External data of tensor ${shown(odd.tensor)} in ${shown(location)} has an offset or length that is no size`,
            proof: { tensor: odd.tensor },
          }),
        ]),
  ];
}

function isSpan({ offset, length }: ExternalTensor): boolean {
  return isSize(offset) && (length === null || isSize(length));
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 120));
}
