import { NAMED_RULES } from "./named-rules.ts";
import { isMadeUp } from "./placeholder.ts";
import type { Run } from "./prefilter.ts";
import type { Secret } from "./secret.ts";

/** How much of the text in front of a value is looked at. */
const BEFORE_BYTES = 48;
const LEAST = 25;
const MOST = 84;

/** What isNamed lets through, judged: a run as the value of a name that says what it is: `WANDB_API_KEY=…`, `"wandb_api_key": "…"`. */
export function namedSecret(bytes: Buffer, { begin, end }: Run): Secret | null {
  if (end - begin > MOST + BEFORE_BYTES) return null;
  const run = bytes.toString("latin1", begin, end);
  const from = run.search(/[^=:]*$/); // `NAME=value` is one run
  const value = run.slice(from);
  if (value.length < LEAST || value.length > MOST || !/[0-9]/.test(value)) return null;
  const before = bytes.toString("latin1", Math.max(0, begin + from - BEFORE_BYTES), begin + from).replace(/[\s"'`=:>,\\]+$/, "");
  const rule = NAMED_RULES.find((each) => each.value.test(value) && each.before.test(before));
  if (rule === undefined || isMadeUp(value)) return null;
  return { kind: "token", rule: rule.id, name: rule.name, severity: "low", at: begin + from, text: value };
}
