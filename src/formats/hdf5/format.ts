import type { ChildRef, Format } from "../../format.ts";
import { pickleAt } from "../pickle/pickle-at.ts";
import type { Hdf5Facts } from "./facts.ts";
import { parseHdf5 } from "./parse.ts";

/** Keras configurations are examined as such; the head of each dataset is probed; what nobody owns is searched. */
export const hdf5: Format<Hdf5Facts> = {
  id: "hdf5",
  parse: parseHdf5,
  children: ({ configs, heads, pickles, unowned, scraps }): readonly ChildRef[] => [
    ...configs.map(({ name, offset, size }): ChildRef => ({ name, region: { in: "slice", offset, size }, treatment: "examine", as: "keras-config" })),
    ...pickles.map(pickleAt),
    ...heads.map(
      ({ name, offset, size, codec }): ChildRef => ({
        name,
        region: codec === "stored" ? { in: "slice", offset, size } : { in: "compressed", codec, offset, compressedSize: size },
        treatment: "probe",
      }),
    ),
    ...unowned.map(({ offset, size }): ChildRef => ({ name: `unowned@${offset}`, region: { in: "slice", offset, size }, treatment: "search" })),
    ...(scraps === null ? [] : [{ name: "unowned-scraps", region: { in: "memory", bytes: scraps }, treatment: "search" } as const]),
  ],
};
