import type { FormatId } from "../../format.ts";
import { NAMES } from "./names.ts";
import { recipeKind } from "./recipe-kinds.ts";
import { EXTENSIONS, type Role } from "./table.ts";

export type { Role } from "./table.ts";

/** The last extension in lower case, without the dot; empty for a name without one. A leading dot begins a name, not an extension. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot + 1).toLowerCase();
}

/** Names of settings that their tools read with comments. */
const WITH_COMMENTS = /^(?:\.?devcontainer|[jt]sconfig(?:\.[\w-]+)?|settings|launch|tasks|extensions|\.eslintrc|api-extractor)\.json$/i;

/** Formats that a file of this name may have; null where the name claims nothing. `checkpoint.pth.tar` is what PyTorch's own examples call what `torch.save` writes. */
export function claimedFormats(name: string): readonly FormatId[] | null {
  const extension = extensionOf(/\.(?:pth?|ckpt)\.tar$/i.test(name) ? name.slice(0, -".tar".length) : name);
  const formats = Object.hasOwn(EXTENSIONS, extension) ? (EXTENSIONS[extension]?.formats ?? null) : null;
  return formats !== null && WITH_COMMENTS.test(name) ? [...formats, "text"] : formats;
}

/** What a file of no lines is whole as: an `__init__.py`, a list of options, a table. A model, a tokenizer or an archive has content. */
const MAY_BE_EMPTY: ReadonlySet<Role> = new Set(["code", "config", "document", "data"]);

/** Whether an empty file is what its name claims: where it claims nothing, or text of a kind that needs no line. JSON needs a value. */
export function mayBeEmpty(name: string): boolean {
  const extension = extensionOf(name);
  const claim = Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
  return claim === undefined || claim.formats === null || (claim.formats.includes("text") && MAY_BE_EMPTY.has(claim.role));
}

/** What text of this name is read as, when that is no plain text: a chat template is a program, and a YAML file can name what its loader calls. */
export function treatAs(name: string): FormatId | null {
  const lower = name.toLowerCase();
  if (/\.(?:ya?ml|cff|dvc)$|^(?:mlmodel|mlproject|dvc\.lock)$/.test(lower)) return "yaml";
  if (/\.(?:xml|pmml|svg|plist|xsd|xsl|xslt|rdf)$/.test(lower)) return "xml";
  if (/\.(?:csv|tsv)$/.test(lower)) return "table";
  if (recipeKind(lower) !== undefined) return "recipe";
  if (/^modelfile(?:[._-][\w.-]*)?$|\.modelfile$/.test(lower)) return "modelfile";
  // Under the digest of its bytes, or beside a GGUF file, from where the hub serves it to Ollama.
  if (/^(?:sha256-[0-9a-f]{64}|template|system)$/.test(lower)) return "ollama-layer";
  return /\.(?:jinja2?|j2)$/.test(lower) || /^chat_template[^.]*(?:\.(?:txt|tmpl|tpl))?$/.test(lower) ? "jinja" : null;
}

/** What a loader, a system or a person takes a file of this name for; null for a name that says nothing. */
export function roleOf(name: string): Role | null {
  const lower = name.toLowerCase();
  const extension = extensionOf(lower);
  const byExtension = Object.hasOwn(EXTENSIONS, extension) ? (EXTENSIONS[extension]?.role ?? null) : null;
  if (byExtension === "code" || byExtension === "native") return byExtension;
  return NAMES.find((entry) => entry.name.test(lower))?.role ?? byExtension;
}
