import type { Rule } from "../../finding.ts";

export const MSGPACK_RULES = {
  extension: {
    id: "msgpack-extension",
    summary: "an extension type of MessagePack that no known writer of checkpoints has",
    gain: "What the bytes become is up to the program that reads them: readers with a hook for the type build objects of it, or unpickle it. No version of flax is known that does; msgpack alone hands the bytes over.",
    check: "Look for `ext_hook` in the program that loads the file; flax writes the types 1 to 3 only.",
    references: [
      "https://github.com/google/flax/blob/main/flax/serialization.py",
      "https://github.com/msgpack/msgpack/blob/master/spec.md#extension-types",
    ],
  },
  structure: {
    id: "msgpack-structure",
    summary: "a MessagePack file whose parts do not fit each other",
    gain: "Any reader (flax, msgpack, ormsgpack) has its own way with two values under one key and with bytes that no shape accounts for: something can be hidden there.",
    check: "Print it with `msgpack.Unpacker` in a sandbox, and compare shapes with the lengths of their bytes.",
    references: [],
  },
} as const satisfies Record<string, Rule>;
