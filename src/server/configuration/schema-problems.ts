import type { z } from "zod";
import { visible } from "../../escape.ts";
import type { ConfigurationProblem } from "./errors.ts";
import type { Path } from "./file-tree.ts";
import { isRecord, type Overlaid } from "./overlay.ts";
import { SECTIONS, SETTINGS, type Setting } from "./settings.ts";

type Issue = z.core.$ZodIssue;

/** What the schema has against what was said, each at its place. `otherwise` is where to point for what nobody said. */
export function schemaProblems(issues: readonly Issue[], given: Overlaid, otherwise: string): readonly ConfigurationProblem[] {
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => unknownSetting([...issue.path, key], given, otherwise))
      : [unfit(issue.path, given, otherwise)],
  );
}

function unknownSetting(path: Path, given: Overlaid, otherwise: string): ConfigurationProblem {
  const where = given.placeOf(path)?.name ?? otherwise;
  if (nameOf(path) === "oidc.clientSecret")
    return {
      code: "WB_CONFIG_SECRET",
      message: "a secret does not belong into this file",
      hint: "Put it into a file of its own that oidc.clientSecretFile names, or into WEIGHBRIDGE_OIDC_CLIENT_SECRET.",
      where,
    };
  const section = path.slice(0, -1);
  const takes = namesIn(section).join(", ");
  return {
    code: "WB_CONFIG_UNKNOWN",
    message: `there is no setting ${nameOf(path)}`,
    hint: `${section.length === 0 ? "The configuration" : nameOf(section)} takes ${takes}.`,
    where,
  };
}

function unfit(path: Path, given: Overlaid, otherwise: string): ConfigurationProblem {
  const value = valueAt(given.value, path);
  const setting = SETTINGS.find((candidate) => startsWith(path, candidate.path));
  const place = given.placeOf(path);
  if (value === undefined)
    return {
      code: "WB_CONFIG_INVALID",
      message: `${nameOf(path)} is missing`,
      hint: setting?.description ?? "",
      where: place?.name ?? otherwise,
    };
  const got = gotten(value, setting);
  const form = setting === undefined ? "a map of settings" : path.length > setting.path.length ? (setting.itemForm ?? "") : setting.form;
  return {
    code: "WB_CONFIG_INVALID",
    message: `${titleOf(path, setting)} must be ${form}${got === null ? "" : `, not ${got}`}`,
    hint: setting?.description ?? `It takes ${namesIn(path).join(", ")}.`,
    where: place?.value ?? otherwise,
  };
}

/** `server.port`, `item 2 of trustedProxies`, `oidc.roles.map.staff`. */
function titleOf(path: Path, setting: Setting | undefined): string {
  const below = setting === undefined ? [] : path.slice(setting.path.length);
  if (setting?.kind === "list" && below.length > 0) return `item ${Number(below[0]) + 1} of ${setting.name}`;
  if (path.length === 0) return "the configuration";
  return nameOf(setting?.kind === "map" ? path.slice(0, setting.path.length + 1) : path);
}

/** What was given instead: numbers and truth values as they are, of the rest the kind. Null where the form says it all. */
function gotten(value: unknown, setting: Setting | undefined): string | null {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === null) return "nothing";
  if (Array.isArray(value)) return setting?.kind === "list" || setting?.kind === "map" ? null : "a list";
  if (isRecord(value)) return setting?.kind === "map" ? null : "a map";
  return setting?.kind === "number" || setting?.kind === "boolean" || setting === undefined ? "text" : null;
}

const LONGEST_NAME = 64;

function nameOf(path: Path): string {
  return path.map((name) => visible(String(name).slice(0, LONGEST_NAME))).join(".");
}

/** Names of the settings and sections that lie directly in a section. */
function namesIn(section: Path): readonly string[] {
  const inside = [...SECTIONS, ...SETTINGS].filter(({ path }) => path.length > section.length && startsWith(path, section));
  return [...new Set(inside.map(({ path }) => path[section.length] ?? ""))];
}

function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((name, depth) => path[depth] === name);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, name) => (isRecord(at) || Array.isArray(at) ? Reflect.get(at, name) : undefined), value);
}
