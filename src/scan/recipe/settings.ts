import type { RecipeLine } from "../../formats/recipe/logical-lines.ts";

/** One value of a settings file in TOML, INI or `--key=value` form. */
export interface Setting {
  readonly section: string;
  readonly key: string;
  /** As written, with the lines that it goes on over. */
  readonly value: string;
  readonly at: number;
}

const SECTION = /^\s*\[\[?\s*([^\]]{1,200}?)\s*\]\]?\s*(?:[#;].*)?$/;
const ENTRY = /^\s*(?:--)?("[^"]{1,200}"|'[^']{1,200}'|[@\w][\w@.+/-]{0,100}(?: [\w.-]{1,40}){0,3})\s*[=:](?!=|\/\/)\s*(.*)$/;
const MAX_VALUE = 20_000;

/** Settings in order, and the first line that is none, with how many such there are. */
export function settingsIn(lines: readonly RecipeLine[]): { readonly settings: readonly Setting[]; readonly odd: number } {
  const settings: { section: string; key: string; value: string; at: number }[] = [];
  let section = "";
  let odd = 0;
  let closes: ((line: string) => boolean) | null = null;
  for (const { text, at } of lines) {
    const last = settings.at(-1);
    if (closes !== null && last !== undefined) {
      if (last.value.length < MAX_VALUE) last.value += `\n${text}`;
      if (closes(text)) closes = null;
      continue;
    }
    if (/^\s*[#;]/.test(text)) continue;
    const head = SECTION.exec(text);
    const entry = ENTRY.exec(text);
    if (head?.[1] !== undefined) section = head[1].replace(/["'\s]/g, "");
    else if (entry?.[1] !== undefined) {
      const value = entry[2] ?? "";
      settings.push({ section, key: entry[1].replace(/^["']|["']$/g, ""), value, at });
      closes = closerOf(value);
    } else if (/^\s/.test(text) && last !== undefined) {
      if (last.value.length < MAX_VALUE) last.value += `\n${text}`;
    } else odd++;
  }
  return { settings, odd };
}

/** What ends a value that goes on over lines: a text in three quotes, a list or a table of TOML. */
function closerOf(value: string): ((line: string) => boolean) | null {
  const quotes = /^("""|''')/.exec(value)?.[1];
  if (quotes !== undefined) return value.indexOf(quotes, 3) === -1 ? (line) => line.includes(quotes) : null;
  let depth = balance(value);
  if (!/^[[{]/.test(value) || depth <= 0) return null;
  return (line) => {
    depth += balance(line);
    return depth <= 0;
  };
}

/** Brackets that are open, without those in texts and comments. */
function balance(text: string): number {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, "").replace(/#.*$/, "");
  return (bare.match(/[[{]/g)?.length ?? 0) - (bare.match(/[\]}]/g)?.length ?? 0);
}

/** The items of a list or the lines of a value, without quotes. */
export function itemsOf(value: string): readonly string[] {
  const quoted = [...value.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? "");
  return (quoted.length > 0 || /^\s*\[/.test(value) ? quoted : value.split(/\n/)).map((item) => item.trim()).filter((item) => item !== "");
}
