import { drawnLike } from "../../lookalike-letters.ts";
import { isKnownPackage, isStandardModule } from "./packages.ts";

/**
 * The known module that a name with other than ASCII characters is made to look like, if it looks like one.
 * Compatibility forms are folded by NFKC, invisible characters dropped, letters of other scripts read as the Latin ones they resemble (UTS #39).
 */
export function resembles(module: string): string | undefined {
  if (!/[^\x20-\x7e]/.test(module)) return undefined;
  const folded = [...module.normalize("NFKC").replace(/\p{Cf}|\p{Mn}/gu, "")].map((letter) => drawnLike(letter) ?? letter).join("");
  const top = folded.split(".", 1)[0] ?? "";
  return folded !== module && (isStandardModule(top) || isKnownPackage(top)) ? folded : undefined;
}
