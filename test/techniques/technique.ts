import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files of one artifact, by name. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

/** One technique of those who hide code in models, as a small artifact of our own that shows it, and one beside it that is honest. */
export interface Technique {
  /** In the catalogue of techniques that the project keeps, 0 for one that is not in it; several examples of one technique differ in their title. */
  readonly number: number;
  readonly title: string;
  readonly files: Files;
  /** The least that it must be answered with; "pass" where it deserves a notice and no more. */
  readonly least: "pass" | "review" | "block";
  /** What the title of a finding must name. */
  readonly names?: string;
  /** As alike as an honest file can be: it must pass. */
  readonly nearMiss: Files;
  /** Symbolic links beside the files of each, by name: what they lead to. */
  readonly links?: Readonly<Record<Kind, Readonly<Record<string, string>>>>;
}

type Kind = "files" | "nearMiss";

/** What the technique is called in scorecard.json. */
export function keyOf({ number, title }: Technique): string {
  return `${String(number).padStart(3, "0")} ${title}`;
}

/** Writes one of the two artifacts of a technique to a folder, which is made. */
export function writeTechnique(folder: string, technique: Technique, kind: Kind): void {
  const put = (name: string, write: (path: string) => void) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    write(path);
  };
  for (const [name, content] of Object.entries(technique[kind])) put(name, (path) => writeFileSync(path, content));
  for (const [name, target] of Object.entries(technique.links?.[kind] ?? {})) put(name, (path) => symlinkSync(target, path));
}
