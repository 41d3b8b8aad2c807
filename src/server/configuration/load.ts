import { dirname, resolve } from "node:path";
import { type Conflict, conflictsIn } from "./conflicts.ts";
import { ConfigurationError, type ConfigurationProblem } from "./errors.ts";
import { type FileTree, readTree } from "./file-tree.ts";
import { readSmallFile, reasonOf, type SmallFile } from "./files.ts";
import { isRecord, type Overlaid, overlay, unknownVariables } from "./overlay.ts";
import { ConfigurationSchema, type Settings } from "./schema.ts";
import { schemaProblems } from "./schema-problems.ts";
import type { Secret } from "./secret.ts";
import { readFiles } from "./secret-files.ts";
import { SETTINGS } from "./settings.ts";

/** Where settings come from, from the weakest to the strongest. */
export interface ConfigurationSources {
  /** One that nobody asked for may be missing. */
  readonly file: { readonly path: string; readonly required: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options as commander hands them over; those that are no flags of settings are ignored. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** All settings, checked, with paths that are absolute or relative to the current folder. */
export interface Configuration extends Omit<Settings, "oidc"> {
  readonly oidc: (NonNullable<Settings["oidc"]> & { readonly clientSecret: Secret | null }) | null;
  /** The file that was read; null where there is none. */
  readonly file: string | null;
}

const MAX_BYTES = 2 ** 20;

/**
 * Reads the configuration: flag before environment before file before default. Reads the file and those that it names, and nothing else.
 * Throws ConfigurationError with every mistake.
 */
export function loadConfiguration({ file, env, flags }: ConfigurationSources): Configuration {
  const text = readFile(file);
  const tree: FileTree = text === null ? { value: {}, places: new Map(), problems: [] } : readTree(text, file.path);
  const found = [...tree.problems, ...unknownVariables(env)];
  if (tree.value === undefined) throw failure(found);
  const given = overlay({ tree: { ...tree, value: withFilePaths(tree.value, dirname(file.path)) }, env, flags });
  const checked = ConfigurationSchema.safeParse(given.value);
  if (!checked.success) throw failure([...found, ...schemaProblems(checked.error.issues, given, file.path)]);
  const { clientSecret, problems: unread } = readFiles(checked.data, env.WEIGHBRIDGE_OIDC_CLIENT_SECRET);
  const problems = [...found, ...[...conflictsIn(checked.data), ...unread].map((conflict) => located(conflict, given, file.path))];
  if (problems.length > 0) throw failure(problems);
  const { oidc, ...settings } = checked.data;
  return { ...settings, oidc: oidc === null ? null : { ...oidc, clientSecret }, file: text === null ? null : file.path };
}

function located({ settings, ...problem }: Conflict, given: Overlaid, otherwise: string): ConfigurationProblem {
  const said = settings.find((path) => given.says(path)) ?? [];
  return { ...problem, where: given.placeOf(said)?.value ?? otherwise };
}

function failure(problems: readonly ConfigurationProblem[]): Error {
  const [first, ...rest] = problems.toSorted(byLine);
  return first === undefined ? new Error("the schema refuses and does not say why") : new ConfigurationError([first, ...rest]); // it always does
}

/** The text of the file; null where it may be missing and is. */
function readFile({ path, required }: ConfigurationSources["file"]): string | null {
  let file: SmallFile;
  try {
    file = readSmallFile(path, MAX_BYTES);
  } catch (error) {
    const reason = reasonOf(error);
    if (!required && reason === "does not exist") return null;
    const hint = "Give --config a YAML file that this user can read.";
    throw new ConfigurationError([{ code: "WB_CONFIG_READ", message: `the configuration ${reason}`, hint, where: path }], error);
  }
  if ((file.mode & 0o002) !== 0)
    throw new ConfigurationError([
      {
        code: "WB_CONFIG_FILE_MODE",
        message: "every user could change the configuration",
        hint: "chmod o-w it, and see that nobody did.",
        where: path,
      },
    ]);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(file.bytes);
  } catch (error) {
    throw new ConfigurationError(
      [{ code: "WB_CONFIG_READ", message: "the configuration is not UTF-8", hint: "Save it as UTF-8.", where: path }],
      error,
    );
  }
}

/** What is relative in the file is relative to the file: it means the same wherever the server is started. */
function withFilePaths(value: unknown, folder: string): unknown {
  return SETTINGS.filter(({ isPath }) => isPath).reduce((tree, { path }) => resolved(tree, path, folder), value);
}

function resolved(value: unknown, [name, ...rest]: readonly string[], folder: string): unknown {
  if (name === undefined) return typeof value === "string" && value !== "" ? resolve(folder, value) : value;
  if (!isRecord(value) || !(name in value)) return value;
  return { ...value, [name]: resolved(value[name], rest, folder) };
}

/** Places in the file by line and column, before those elsewhere, which keep their order. */
function byLine(a: ConfigurationProblem, b: ConfigurationProblem): number {
  const [one, other] = [a, b].map(({ where }) => /:(\d+):(\d+)$/.exec(where));
  if (!one || !other) return Number(!one) - Number(!other);
  return Number(one[1]) - Number(other[1]) || Number(one[2]) - Number(other[2]);
}
