import { type Examined, type Examiner, type Finding, findingOf, type Rule, type Severity } from "../../finding.ts";
import type { RecipeFacts } from "../../formats/recipe/format.ts";
import type { RecipeLine } from "../../formats/recipe/logical-lines.ts";
import { type RecipeKind, recipeKind } from "../extensions/recipe-kinds.ts";
import { INERT_RULES } from "../inert/rules.ts";
import { TARGET_RULES } from "../targets/rules.ts";
import { invisible } from "../text/invisible.ts";
import { actIn } from "./acts.ts";
import { judgeSetting, requirement } from "./judge-settings.ts";
import { RECIPE_RULES as RULES } from "./rules.ts";
import { settingsIn } from "./settings.ts";
import { TARGET_LINE } from "./target-keys.ts";
import { tritonSettings } from "./triton.ts";

const PACKAGING_SECTIONS =
  /^(?:build-system|project|metadata|options|package|packages|dev-packages|source|testenv|tool\.(?:poetry|setuptools|hatch|pdm|uv|flit))(?:[.:]|$)/;
const FILES_KEPT = 200;
/(?:_target_|class_path|_component_|class|module|function|fn|factory|callable|handler|entry_?point)(?:_(?:name|path))?["']?\s*[=:]/i;

/** Texts that a tool acts on line by line. Plain lists of packages and plain settings are inert; what a line would make the tool do is said. */
export const recipeExaminer: Examiner<RecipeFacts> = {
  id: "recipe",
  version: 1,
  reads: "recipe",
  rules: [
    ...Object.values(RULES),
    TARGET_RULES.target,
    TARGET_RULES.trustSwitch,
    TARGET_RULES.customCode,
    TARGET_RULES.codePath,
    INERT_RULES.invisible,
  ],
  further: [
    {
      neededFor: ({ lines }) => lines.some(({ text }) => TARGET_LINE.test(text)),
      load: async () => (await import("./callables.ts")).examineCallables,
    },
  ],
  examine({ facts }, { path, name }): Examined {
    const kind = recipeKind(name);
    const { findings, unexamined } = judged(kind, facts, path);
    // What begins with #! is a format of its own, whose examiner says so.
    const said = kind?.kind === "script" && facts.text.shebang !== null;
    const rest = facts.dropped === 0 ? [] : ["more lines than are looked at"];
    return {
      findings: [...findings.slice(0, FILES_KEPT), ...invisible(facts.text, path)],
      unexamined: [...new Set([...(said ? [] : unexamined), ...rest])],
    };
  },
};

interface Judged {
  readonly findings: readonly Finding[];
  readonly unexamined: readonly string[];
}

function judged(kind: RecipeKind | undefined, { lines }: RecipeFacts, path: string): Judged {
  const why = kind?.why === undefined || kind.why === null ? [] : [kind.why];
  switch (kind?.kind) {
    case "packages":
      return { findings: lines.flatMap((line, i) => requirement(line.text, `Line ${i + 1}`, at(line, path))), unexamined: why };
    case "settings":
      return settings(lines, why, path);
    case "triton":
      return tritonSettings(lines, path);
    case "path-file":
      return { findings: lines.flatMap((line) => pathHook(line, path)), unexamined: why };
    case "image":
    case "script":
      return { findings: lines.flatMap((line) => acts(line, path)), unexamined: [...why] };
    default:
      return { findings: [], unexamined: ["text under a name that no recipe has"] };
  }
}

function settings(lines: readonly RecipeLine[], why: readonly string[], path: string): Judged {
  const { settings, odd: strange } = settingsIn(lines);
  const odd = isJson(lines) ? 0 : strange; // the examiner of JSON reads it
  const isPackaging = why.length > 0 || settings.some(({ section }) => PACKAGING_SECTIONS.test(section));
  const findings = settings.flatMap((setting) => judgeSetting(setting, isPackaging, path));
  const acting = isPackaging && why.length === 0 ? ["settings of a build tool, which runs what they name"] : why;
  return { findings, unexamined: [...acting, ...(odd === 0 ? [] : [odd === 1 ? "a line that is no setting" : `${odd} lines that are no settings`])] };
}

/** No reader of TOML or INI takes such a first line. */
function isJson(lines: readonly RecipeLine[]): boolean {
  return /^\s*\{\s*(?:"|\}|$)/.test(lines[0]?.text ?? "");
}

/** `site.py`: a line that begins with `import` and a space or tab is executed. */
function pathHook(line: RecipeLine, path: string): readonly Finding[] {
  if (!/^import[ \t]/.test(line.text)) return [];
  return [at(line, path)(RULES.pathHook, "high", `Python runs this line at every start: ${JSON.stringify(line.text.slice(0, 160))}`)];
}

function acts(line: RecipeLine, path: string): readonly Finding[] {
  const text = line.text.trim();
  if (/^(?:#|REM\b|::)/i.test(text)) return [];
  const see = at(line, path);
  const act = actIn(text);
  const found = act === null ? [] : [see(RULES.act, act.severity, `A command ${act.what}: ${JSON.stringify(text.slice(0, 160))}`)];
  return [...found, ...installs(text, see)];
}

/** `pip install` in a command: where it takes its packages from. */
function installs(text: string, see: ReturnType<typeof at>): readonly Finding[] {
  const words = /\bpip[\d.]*\s+install\s+([^;&|]{0,600})/.exec(text)?.[1];
  if (words === undefined) return [];
  const source = /(?:^|\s)(?:-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)[\s=]+\S+|(?:git|hg|svn|bzr)\+\S+|https?:\/\/\S+/.exec(
    words,
  )?.[0];
  return source === undefined
    ? []
    : [see(RULES.packages, "medium", `A command takes packages from elsewhere: ${JSON.stringify(source.trim().slice(0, 160))}`)];
}

function at(line: RecipeLine, path: string): (rule: Rule, severity: Severity, title: string) => Finding {
  return (rule, severity, title) =>
    findingOf(rule, { severity, where: { path, offset: line.at }, title: title.slice(0, 300), proof: { line: line.text.slice(0, 200) } });
}
