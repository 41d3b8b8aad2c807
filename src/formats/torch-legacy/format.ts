import type { ChildRef, Format } from "../../format.ts";
import { unownedBytes } from "../pickle/format.ts";
import { parseTorchLegacy, type TorchLegacyFacts } from "./parse.ts";

/** Torch's file format before the zip archive. */
export const torchLegacyFormat: Format<TorchLegacyFacts> = { id: "torch-legacy", parse: parseTorchLegacy, children };

function children({ pickle, storages, unowned }: TorchLegacyFacts): readonly ChildRef[] {
  const owned = storages
    .filter(({ size }) => size > 0)
    .map(({ key, offset, size }): ChildRef => ({ name: `storage ${key}`, region: { in: "slice", offset, size }, treatment: "probe" }));
  const rest: readonly ChildRef[] =
    unowned === null
      ? []
      : [{ name: `@${unowned.offset}`, region: { in: "slice", offset: unowned.offset, size: unowned.size }, treatment: "search" }];
  return [...owned, ...unownedBytes(pickle), ...rest];
}
