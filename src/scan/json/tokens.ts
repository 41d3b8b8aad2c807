import { type Finding, findingOf } from "../../finding.ts";
import type { JsonFacts } from "../../formats/json/facts.ts";
import { isWords, type TokenRole } from "../../formats/json/token-roles.ts";
import { JSON_RULES as RULES } from "./rules.ts";

/** Names that tokenizers of before the marks have: `UNK`, `pad`. */
const PLAIN_NAMES =
  /^(?:unk|pad|eos|bos|sep|cls|mask|start|end|blank|null|none|nil|endoftext|unknown|oov|sos|eot|eod|word|space|eof|stop|padding|separator|masked)$/i;
/** Who speaks, between marks. That one of them ends a text lets each turn of that speaker end it, or be masked out. */
const SPEAKER =
  /^[<[{|｜_]+\s*\/?\s*(?:start_header_id)?\s*(?:system|sys|assistant|user|human|developer|tool|function|ipython|inst|bot|observation)\b[^\p{L}]*$/iu;
/** Nothing that a tokenizer marks is longer; a sentence is. */
const LONG_CHARACTERS = 64;

/** What a tokenizer's special and added tokens do to ordinary text. */
export function tokenFindings({ tokens }: JsonFacts, path: string): readonly Finding[] {
  return [
    ...tokens.roles.flatMap((role) => roleFinding(role, path) ?? []),
    ...tokens.words.flatMap(({ content, special, pointer, at }) => {
      const what = swallowed(content, special);
      if (what === null) return [];
      return findingOf(RULES.swallowed, {
        severity: "medium",
        where: { path, offset: at },
        title: `${pointer} takes ${JSON.stringify(content)} out of every text as ${what}`,
        proof: { pointer, content, special },
      });
    }),
    ...tokens.collisions.map(({ id, texts: [first, second], at }) =>
      findingOf(RULES.tokenRole, {
        severity: "medium",
        where: { path, offset: at },
        title: `Token ${id} is both ${JSON.stringify(first)} and ${JSON.stringify(second)}`,
        proof: { id, texts: [first, second] },
      }),
    ),
  ];
}

function roleFinding({ role, text, pointer, at }: TokenRole, path: string): Finding | null {
  const isOrdinary = isWords(text) && !PLAIN_NAMES.test(text.trim());
  if (!isOrdinary && !SPEAKER.test(text) && text.length <= LONG_CHARACTERS) return null;
  const what = isOrdinary ? "an ordinary word" : SPEAKER.test(text) ? "the marker of a speaker" : "a whole text";
  return findingOf(RULES.tokenRole, {
    severity: "medium",
    where: { path, offset: at },
    title: `${role} is ${what}: ${JSON.stringify(text)}`,
    proof: { pointer, role, text },
  });
}

/** Fine-tunes add words of their subject; a control token is dropped from what is shown, and a sentence is no word. */
function swallowed(content: string, special: boolean): string | null {
  const words = content
    .trim()
    .split(/[\s▁Ġ]+/)
    .filter((word) => word !== "").length;
  if (words >= 4) return "one token";
  return special && !PLAIN_NAMES.test(content.trim()) ? "a control token, which is not shown" : null;
}
