import type { Examined, Examiner, SubjectInfo } from "../../finding.ts";
import type { TextFacts } from "../../formats/text/format.ts";
import type { TextShapeId } from "../../formats/text/shapes.ts";
import { extensionOf, type Role, roleOf } from "../extensions/index.ts";
import { PACKINGS } from "../format-traits.ts";
import { INERT_RULES } from "../inert/rules.ts";
import { ACTED_ON_TEXT, ARCHIVE_LABELS, CODE_ENDINGS, INERT_NAMES } from "./inert-names.ts";
import { invisible } from "./invisible.ts";
import { LOADER_NAMES } from "./loaders.ts";
import { PROMISED_OTHERWISE } from "./promised-otherwise.ts";

/** Shapes that hold data only, whatever neutral name they have. */
const DATA_SHAPES: ReadonlySet<TextShapeId> = new Set(["tiktoken", "lightgbm", "sentencepiece-vocab", "checksums"]);

/**
 * Text does nothing by itself. It is not examined here where its name is one that something acts on, where the name promises something else than text, or
 * where it reads like a program; the reason says which (docs/adr/0008).
 */
export const textExaminer: Examiner<TextFacts> = {
  id: "text",
  version: 1,
  reads: "text",
  rules: [INERT_RULES.invisible],
  examine({ facts }, subject): Examined {
    const why = whyNotInert(facts, { ...subject, name: plainName(subject) });
    return { findings: invisible(facts, subject.path), ...(why === null ? {} : { unexamined: [why] }) };
  },
};

/** What is compressed by itself has the name of its file, without the ending that says how. */
function plainName({ name, path, containers }: SubjectInfo): string {
  if (!PACKINGS.has(containers.at(-1) ?? "") || !path.endsWith("!/data")) return name;
  const file = path.slice(0, -"!/data".length);
  return file.slice(file.lastIndexOf("/") + 1).replace(/\.[A-Za-z0-9]+$/, "");
}

/** Why text of this name is not inert; null where it is. */
export function whyNotInert(facts: TextFacts, subject: Pick<SubjectInfo, "name" | "path">): string | null {
  const name = subject.name.toLowerCase();
  if (facts.shebang !== null) return `a script for ${facts.shebang}: code is not examined yet`;
  if (facts.shape === "git-lfs-pointer") return "a Git LFS pointer: the file that it stands for was not downloaded";
  const extension = extensionOf(name);
  const acted = extension === "txt" ? ACTED_ON_TEXT.find((entry) => entry.name.test(name)) : undefined;
  if (acted !== undefined) return acted.why;
  if (extension === "txt" && /(?:^|\/)requirements\/[^/]*$/i.test(subject.path)) return "a list of packages: pip installs what it names";
  if (!CODE_ENDINGS.has(extension) && INERT_NAMES.some((entry) => entry.name.test(name))) return null;
  if (extension === "txt" || (facts.lines <= 1 && ARCHIVE_LABELS.test(name))) return null;
  const loader = LOADER_NAMES.find((entry) => entry.name.test(name));
  if (loader !== undefined) return `${loader.why}; this is not examined yet`;
  if (facts.shape !== null && DATA_SHAPES.has(facts.shape)) return null;
  if (CLAIMING.has(roleOf(name) ?? "data")) return PROMISED_OTHERWISE;
  return facts.code === null ? null : `text that reads like a program: ${JSON.stringify(facts.code.slice(0, 80))}`;
}

/** A name of one of these promises something else than text: whoever acts on it takes the text for that. */
const CLAIMING: ReadonlySet<Role> = new Set(["model", "config", "code", "native", "archive", "media"]);
