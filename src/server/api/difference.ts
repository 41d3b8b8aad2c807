import type { z } from "@hono/zod-openapi";
import type { Digest } from "../../digest.ts";
import { differencesBetween, type Registry, wordsOf } from "../../registry/index.ts";
import type { Difference } from "./schema/artifact.ts";

/**
 * What differs from the version that was let in before: of the models with a ticket the one that shares most files, at least half of them. Null where there is
 * none, or where the manifest was erased.
 */
export async function differenceFor(registry: Registry, artifact: Digest): Promise<z.infer<typeof Difference> | null> {
  const present = await registry.manifest(artifact);
  if (present === null) return null;
  const nearest = await registry.nearestTo(present, artifact);
  const base = nearest === null ? null : await registry.manifest(nearest.artifact);
  if (nearest === null || base === null) return null;
  const { added, removed, changed, renamed } = differencesBetween(base, present);
  return {
    base: nearest.artifact,
    baseName: wordsOf((await registry.show(nearest.artifact)).name),
    added: [...added],
    removed: [...removed],
    changed: [...changed],
    renamed: [...renamed],
    unchanged: nearest.shared - renamed.length,
  };
}
