import names from "./data/names.json" with { type: "json" };

/** Without `LicenseRef-`, in lower case: what the hub calls it. */
const KNOWN: ReadonlyMap<string, string> = new Map([...names.ids.map((id) => [plain(id), id] as const), ...Object.entries(names.otherNames)]);

/** What a licence is called here, by what a card or metadata calls it; null for `other`, for `unknown`, and for what no list knows. */
export function licenceId(said: string): string | null {
  return KNOWN.get(plain(said.trim()).replace(/-(?:only|or-later)$/, "")) ?? null;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/^licenseref-/, "");
}
