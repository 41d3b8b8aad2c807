import type { Examined, SubjectInfo } from "../../finding.ts";
import type { Parsed } from "../../format.ts";
import type { RecipeFacts } from "../../formats/recipe/format.ts";
import { recipeKind } from "../extensions/recipe-kinds.ts";
import { effectClause, judgeGadget } from "../targets/index.ts";
import { TARGET_RULES } from "../targets/rules.ts";
import { placeOf, seeing } from "./judge-settings.ts";
import { itemsOf, type Setting, settingsIn } from "./settings.ts";
import { TARGET_KEY } from "./target-keys.ts";

const FINDINGS_KEPT = 200;

/** What the lists of callables know of the names in settings. */
export function examineCallables({ facts }: Parsed<RecipeFacts>, { path, name }: SubjectInfo): Examined {
  if (recipeKind(name)?.kind !== "settings") return { findings: [] };
  const { settings } = settingsIn(facts.lines);
  return { findings: settings.flatMap((setting) => judged(setting, path)).slice(0, FINDINGS_KEPT) };
}

function judged(setting: Setting, path: string) {
  const value = itemsOf(setting.value).join(" ");
  const gadget = TARGET_KEY.test(setting.key) && /^[A-Za-z_]\w*(?:[.:]\w+)+$/.test(value) ? judgeGadget(value) : null;
  if (gadget === null) return [];
  const title = `${placeOf(setting)} names ${gadget.canonical.slice(0, 120)} as code${effectClause(gadget)}`;
  return [seeing(setting, path)(TARGET_RULES.target, "high", title)];
}
