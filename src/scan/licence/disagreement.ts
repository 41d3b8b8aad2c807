import { type Finding, findingOf, type Rule } from "../../finding.ts";
import type { LicenceClaim } from "../declared.ts";

export const LICENCE_RULES = {
  disagree: {
    id: "licence-disagrees",
    summary: "files of one folder that name different licences",
    gain: "Nothing technical: who relies on the more generous one may break the other, and a copied model may carry the licence of its copier.",
    check: "Ask the publisher, and look at the licence of the model that this one was made from.",
    references: ["https://huggingface.co/docs/hub/repositories-licenses"],
  },
} as const satisfies Record<string, Rule>;

/** One finding for each folder in which two files name licences that cannot be the same. `claims`: by path. */
export function disagreements(claims: readonly LicenceClaim[]): readonly Finding[] {
  const folders = Map.groupBy(
    claims.filter(({ ids }) => ids.length > 0),
    ({ path }) => path.slice(0, path.lastIndexOf("/") + 1),
  );
  return [...folders.values()].flatMap((group) => {
    // Several texts beside each other are a choice, or parts of one work.
    const texts = group.filter(({ from }) => from === "text");
    const sides = [...group.filter(({ from }) => from !== "text"), ...(texts.length === 0 ? [] : [together(texts)])];
    for (const [i, first] of sides.entries())
      for (const second of sides.slice(i + 1)) if (!first.ids.some((a) => second.ids.some((b) => agree(a, b)))) return [disagreement(first, second)];
    return [];
  });
}

function together(texts: readonly LicenceClaim[]): LicenceClaim {
  return { path: texts[0]?.path ?? "", from: "text", ids: texts.flatMap(({ ids }) => ids), said: [] };
}

function disagreement(first: LicenceClaim, second: LicenceClaim): Finding {
  return findingOf(LICENCE_RULES.disagree, {
    severity: "low",
    where: { path: first.path },
    title: `${phrase(first)}, and ${phrase(second)}`.slice(0, 300),
    proof: { paths: [first.path, second.path], licences: [first.ids, second.ids] },
  });
}

function phrase({ path, from, ids }: LicenceClaim): string {
  return `${path} ${from === "text" ? "is the text of" : "says"} ${ids.join(", ")}`;
}

/** Names without a version, as the hub has them. */
const FAMILIES: ReadonlySet<string> = new Set(["GPL", "LGPL", "AGPL", "BSD", "CC", "GFDL"]);

/** Whether two ids may mean the same licence: a family agrees with each of its versions. */
export function agree(a: string, b: string): boolean {
  return a === b || isFamilyOf(a, b) || isFamilyOf(b, a);
}

function isFamilyOf(family: string, id: string): boolean {
  if (family === "LicenseRef-openrail") return /rail/.test(id);
  return FAMILIES.has(family) && (id.startsWith(`${family}-`) || (family === "CC" && id.startsWith("CC0")));
}
