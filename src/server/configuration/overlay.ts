import type { ConfigurationProblem } from "./errors.ts";
import { type FileTree, keyOf, type Path, type Place } from "./file-tree.ts";
import { SECTIONS, SETTINGS, type Setting } from "./settings.ts";

export interface Given {
  readonly tree: FileTree;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By commander's names: `gatewayPort` for `--gateway-port`. Others are ignored. */
  readonly flags: Readonly<Record<string, unknown>>;
}

/** All that was said, with the places where it was. */
export interface Overlaid {
  readonly value: unknown;
  /** Where the value of a path, or of what it lies in, was said. Null where nobody said it. */
  placeOf(path: Path): Place | null;
  /** Whether a path has a value of its own. */
  says(path: Path): boolean;
}

/** Lays the environment over the file, and flags over both. A variable that is empty says nothing. */
export function overlay({ tree, env, flags }: Given): Overlaid {
  const places = new Map(tree.places);
  let value = withSections(tree.value, []);
  const lay = (setting: Setting, text: string, place: string) => {
    value = put(value, setting.path, parsed(setting, text));
    for (let depth = 1; depth <= setting.path.length; depth += 1) {
      const key = keyOf(setting.path.slice(0, depth));
      if (depth === setting.path.length || !places.has(key)) places.set(key, { value: place, name: place });
    }
    for (const [key] of places) if (isBelow(key, setting.path)) places.delete(key);
  };
  for (const setting of SETTINGS) {
    const text = setting.variable === null ? undefined : env[setting.variable];
    if (setting.variable !== null && text !== undefined && text !== "") lay(setting, text, setting.variable);
  }
  for (const setting of SETTINGS) {
    const text = setting.flag === null ? undefined : flags[camelCase(setting.flag)];
    if (typeof text === "string") lay(setting, text, `--${setting.flag}`);
  }
  return { value, placeOf: (path) => nearest(places, path), says: (path) => places.has(keyOf(path)) };
}

/** Variables of ours that are no settings: where data lies, what commands of the client use, and the one secret that may come this way. */
const OTHERS: ReadonlySet<string> = new Set([
  "WEIGHBRIDGE_DATA",
  "WEIGHBRIDGE_DEBUG",
  "WEIGHBRIDGE_SERVER",
  "WEIGHBRIDGE_TOKEN",
  "WEIGHBRIDGE_OIDC_CLIENT_SECRET",
]);
/** What Kubernetes sets in every container beside a service named weighbridge. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables */
const OF_KUBERNETES = /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/;
const PORT_OF_KUBERNETES = /^(?:tcp|udp|sctp):\/\//;

/** A misspelt variable would be a limit that is not there. */
export function unknownVariables(env: Given["env"]): readonly ConfigurationProblem[] {
  const known = new Set([...OTHERS, ...SETTINGS.map(({ variable }) => variable)]);
  return Object.entries(env)
    .filter(([name, text]) => name.startsWith("WEIGHBRIDGE_") && !known.has(name) && !isOfKubernetes(name, text ?? ""))
    .map(([name]) => name)
    .sort()
    .map((name) => ({
      code: "WB_CONFIG_UNKNOWN",
      message: "no setting has this variable",
      hint: "docs/reference/configuration.md lists those that there are.",
      where: name,
    }));
}

function isOfKubernetes(name: string, text: string): boolean {
  return OF_KUBERNETES.test(name) || (name.endsWith("_PORT") && PORT_OF_KUBERNETES.test(text));
}

/** A section whose lines are all comments is null in YAML, and means: nothing is set. */
function withSections(value: unknown, path: readonly string[]): unknown {
  if (value === null && SECTIONS.some((section) => !section.optional && keyOf(section.path) === keyOf(path))) return {};
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withSections(member, [...path, name])]));
}

/** What is no map in the way is left as it is, and found to be none by the schema. */
function put(value: unknown, [name, ...rest]: readonly string[], leaf: unknown): unknown {
  if (name === undefined) return leaf;
  if (value !== null && value !== undefined && !isRecord(value)) return value;
  return { ...value, [name]: put(value?.[name], rest, leaf) };
}

/** The value that a text stands for; the text itself where it stands for none, so that the schema says what it should have been. */
function parsed({ kind, nullable }: Setting, text: string): unknown {
  if (nullable && text === "none") return null;
  if (kind === "number") return /^-?\d{1,16}$/.test(text) ? Number(text) : text;
  if (kind === "boolean") return text === "true" || text === "false" ? text === "true" : text;
  if (kind === "list") return text.split(/[\s,]+/).filter((item) => item !== "");
  return text;
}

function nearest(places: ReadonlyMap<string, Place>, path: Path): Place | null {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const place = places.get(keyOf(path.slice(0, depth)));
    if (place !== undefined) return place;
  }
  return null;
}

function isBelow(key: string, path: Path): boolean {
  return key.startsWith(`${keyOf(path).slice(0, -1)},`);
}

/** `gatewayPort` for `gateway-port`, as commander names options. */
function camelCase(flag: string): string {
  return flag.replace(/-[a-z]/g, ([, letter = ""]) => letter.toUpperCase());
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
