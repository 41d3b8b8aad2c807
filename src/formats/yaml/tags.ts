const CORE = "tag:yaml.org,2002:";

/** Types of YAML 1.1 and 1.2 and of PyYAML's `python/` tags that hold numbers, texts, lists and maps and nothing else. https://yaml.org/type/ */
const PLAIN: ReadonlySet<string> = new Set([
  ..."map seq str null bool int float binary timestamp omap pairs set merge value".split(" "),
  ..."none bool str unicode bytes int long float complex list tuple dict".split(" ").map((name) => `python/${name}`),
]);

/** Whether a tag in its long form makes plain data and nothing else. `!` alone means: by its kind. */
export function isPlainTag(tag: string): boolean {
  return tag === "!" || (tag.startsWith(CORE) && PLAIN.has(tag.slice(CORE.length)));
}
