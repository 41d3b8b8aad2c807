import { readFileSync } from "node:fs";
import { fc, test } from "@fast-check/vitest";
import { expect } from "vitest";
import { writeTorch } from "../../../test/fixtures/torch/torch-writer.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { torchFormat } from "./format.ts";

/** Refers to storage 0 of 24 bytes and storage 1 of 16. */
const PICKLE = readFileSync(new URL("../../../test/fixtures/torch/state_dict.pkl", import.meta.url));
const OWNED: Readonly<Record<string, number>> = { "0": 24, "1": 16 };

test.prop([fc.dictionary(fc.constantFrom("0", "1", "2", "37"), fc.nat(60), { maxKeys: 4 })], { numRuns: 200 })(
  "of every storage as many bytes are probed as its tensor has, and all others are searched",
  async (sizes) => {
    const archive = writeTorch([
      ["m/data.pkl", PICKLE],
      ...Object.entries(sizes).map(([key, size]): [string, Buffer] => [`m/data/${key}`, Buffer.alloc(size)]),
    ]);
    const format = torchFormat("torch-zip");
    const { facts } = await format.parse(bytesOf(archive), new Budget(DEFAULT_LIMITS));
    const children = format.children?.(facts) ?? [];
    for (const [key, size] of Object.entries(sizes)) {
      const own = children.filter(({ name }) => name === `m/data/${key}` || name.startsWith(`m/data/${key}@`));
      const bytes = (treatment: string) =>
        own.filter((child) => child.treatment === treatment).reduce((sum, { region }) => sum + (region.in === "slice" ? region.size : Number.NaN), 0);
      const owned = Math.min(size, OWNED[key] ?? 0);
      expect([bytes("probe"), bytes("search"), bytes("examine")]).toEqual([owned, size - owned, 0]);
    }
  },
);
