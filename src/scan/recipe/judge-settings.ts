import { type Finding, findingOf, type Rule, type Severity } from "../../finding.ts";
import { TARGET_RULES } from "../targets/rules.ts";
import { actIn } from "./acts.ts";
import { foreignSource, lookalikeOf, packageOf } from "./packages.ts";
import { RECIPE_RULES as RULES } from "./rules.ts";
import { itemsOf, type Setting } from "./settings.ts";

const INDEX_KEYS = /^(?:(?:default-|extra-)?index-url|extra[-_]index[-_]url|index|find[-_]links|trusted-host)$/;
const SOURCE_SECTION = /(?:^|\.)(?:source|sources|index|tool\.uv\.index)$/;
const LISTS = /^(?:requires|dependencies|install_requires|setup_requires|tests_require|dependency_links|setup-requires|requires-dist)$/;
const DEPENDENCY_SECTION = /(?:dependencies|packages|extras_require|optional-dependencies)$/;
/** Build backends that are published, and what they are asked to build with. */
const BACKENDS =
  /^(?:setuptools\.build_meta(?::__legacy__)?|hatchling\.build|poetry\.core\.masonry\.api|flit_core\.buildapi|pdm\.backend|uv_build|maturin|scikit_build_core\.build|mesonpy|poetry_dynamic_versioning\.backend)$/;
const HOOK_KEYS = /^(?:backend-path|cmdclass|build|build-script|prebuild|postinstall)$/;
const HOOK_SECTION = /^(?:tool\.hatch\..*hooks\.custom|tool\.poetry\.build|tool\.setuptools\.cmdclass|tool\.pdm\.build|tool\.poetry\.build-scripts)$/;
/** Names in the registries of spaCy and thinc begin with the package that registers them. */
const OWN_FUNCTIONS =
  /^(?:spacy(?:[-_](?:legacy|transformers|llm|loggers|curated-transformers|lookups))?|thinc|srsly|catalogue)\.|^[A-Z]?[\w]*\.v\d+$/;

/** What one setting makes the tool that reads it do. */
export function judgeSetting(setting: Setting, isPackaging: boolean, path: string): readonly Finding[] {
  const { key, section } = setting;
  const seen = seeing(setting, path);
  const items = itemsOf(setting.value);
  const value = items.join(" ");
  const place = placeOf(setting);
  const findings: Finding[] = [];
  if (INDEX_KEYS.test(key) || (key === "url" && SOURCE_SECTION.test(section)))
    if (/:\/\//.test(value) && !/^https:\/\/pypi\.org\/simple\/?$/.test(value))
      findings.push(seen(RULES.packages, "medium", `${place} takes packages from an index of its own: ${JSON.stringify(value.slice(0, 160))}`));
  if (isPackaging) findings.push(...packaging(setting, items, place, seen));
  if (key.startsWith("@") && !OWN_FUNCTIONS.test(value))
    findings.push(
      seen(RULES.foreignFunction, "medium", `${place} is the function ${JSON.stringify(value.slice(0, 120))}, which spaCy does not come with`),
    );
  if (key === "trust_remote_code" && /^(?:true|1|yes)$/i.test(value))
    findings.push(seen(TARGET_RULES.trustSwitch, "low", `${place} switches remote code on`));
  const act = actIn(setting.value.slice(0, 2000));
  if (act !== null) findings.push(seen(RULES.act, act.severity, `${place} ${act.what}: ${JSON.stringify(value.slice(0, 160))}`));
  return findings;
}

/** Builds findings about a setting. */
export function seeing({ section, key, value, at }: Setting, path: string): See {
  return (rule, severity, title) =>
    findingOf(rule, {
      severity,
      where: { path, offset: at },
      title: title.slice(0, 300),
      proof: { section: section.slice(0, 200), key, value: value.slice(0, 200) },
    });
}

/** A setting as a person names it. */
export function placeOf({ section, key }: Setting): string {
  return section === "" ? key : `[${section.slice(0, 80)}] ${key}`;
}

type See = (rule: Rule, severity: Severity, title: string) => Finding;

function packaging({ key, section, value }: Setting, items: readonly string[], place: string, seen: See): readonly Finding[] {
  const findings: Finding[] = [];
  if (HOOK_KEYS.test(key) || HOOK_SECTION.test(section) || (key === "build-backend" && !BACKENDS.test(items[0] ?? "")))
    findings.push(
      seen(RULES.buildHook, "medium", `${place} runs code when the folder is installed: ${JSON.stringify(items.join(" ").slice(0, 160))}`),
    );
  const isTable = /(?:^|[{,])\s*(?:git|url|path|file)\s*=/.test(value) && DEPENDENCY_SECTION.test(section);
  if (isTable) findings.push(seen(RULES.packages, "medium", `${place} takes a package from elsewhere: ${JSON.stringify(value.slice(0, 160))}`));
  if (LISTS.test(key) || (DEPENDENCY_SECTION.test(section) && /^\s*\[|\n/.test(value)))
    for (const item of items.slice(0, 500)) findings.push(...requirement(item, place, seen));
  else if (DEPENDENCY_SECTION.test(section) && !isTable) findings.push(...requirement(key, place, seen));
  return findings;
}

/** What one requirement makes pip fetch. */
export function requirement(line: string, place: string, seen: See): readonly Finding[] {
  const source = foreignSource(line);
  const shown = JSON.stringify(line.trim().slice(0, 160));
  if (source !== null) return [seen(RULES.packages, "medium", `${place} takes packages from ${source}: ${shown}`)];
  const name = packageOf(line);
  const known = name === null ? null : lookalikeOf(name);
  return known === null ? [] : [seen(RULES.lookalike, "medium", `${place} asks for ${JSON.stringify(name)}, which is not ${known}`)];
}
