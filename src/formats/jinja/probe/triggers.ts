import { type Clock, clockAt } from "../render/globals.ts";
import { CALLED, type Conversation, type Form, OFFERED, type Role, SENTINELS, TOOL, withText } from "./conversations.ts";
import type { Observation } from "./observations.ts";
import { beyond, markersOf, proseOf, rolesIn, scaffoldOf, unmarked, wordsOf } from "./scaffold.ts";
import type { Clue, Session } from "./session.ts";

export interface Base {
  readonly conversation: Conversation;
  readonly form: Form;
  readonly output: string;
}

const DATE_WORDS: ReadonlySet<string> = new Set(
  "january february march april may june july august september october november december jan feb mar apr jun jul aug sep oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun am pm st nd rd th".split(
    " ",
  ),
);

/** How a message is written so that the template finds the word where it looks. */
function carrying(text: string, { word, look }: Clue): string {
  const [first = "", ...rest] = text.split(" ");
  switch (look) {
    case "start":
      return `${word} ${text}`;
    case "end":
      return `${text} ${word}`;
    case "equal":
      return word;
    default:
      return `${first} ${word} ${rest.join(" ")}`;
  }
}

/** What a message with the word changes beside itself. */
export function byWord(session: Session, base: Base, at: number, clue: Clue): Observation[] {
  const turn = base.conversation.turns[at];
  if (turn === undefined || turn.text === "") return [];
  const text = carrying(turn.text, clue);
  const conversation = withText(base.conversation, at, text);
  const rendered = session.render(conversation, base.form);
  if (rendered.kind !== "text" || clue.word === turn.role) return [];
  return compared(base, conversation, rendered.text, turn.role, clue.word, text);
}

function compared(base: Base, conversation: Conversation, output: string, role: Role, word: string, text: string): Observation[] {
  const before = scaffoldOf(base.output, base.conversation.turns);
  const now = scaffoldOf(output, conversation.turns);
  if (now === before) return [];
  const forgedMarkers = beyond(markersOf(now), [...markersOf(before), ...markersOf(word)]);
  const ownWords = new Set([...wordsOf(word), ...wordsOf(text), ...SENTINELS]);
  const added = beyond(wordsOf(unmarked(now)), wordsOf(unmarked(before))).filter((each) => !ownWords.has(each));
  const kept = output.includes(text.trim());
  const roles = beyond(rolesIn(now), rolesIn(before));
  const lost = beyond(rolesIn(before), rolesIn(now));
  if (lost.length > 0 && (roles.length > 0 || role !== "assistant")) {
    return [{ kind: "relabelled", role, word, from: lost.join(" "), to: roles.join(" ").slice(0, 80) }];
  }
  const lines = beyond(proseOf(now), proseOf(before));
  if (added.length >= 3) return [{ kind: "appears", when: { on: "word", role, word }, text: (lines.join("\n") || added.join(" ")).slice(0, 300) }];
  if (roles.length > 0 && forgedMarkers.length > 0) return [{ kind: "forged", role, word, markers: forgedMarkers.slice(0, 5) }];
  const by = added.join(" ");
  if (!kept && (by !== "" || (isPlain(word) && !output.includes(word) && base.output !== output)))
    return [{ kind: "rewritten", role, word, by: by.slice(0, 300) }];
  return [];
}

/** A word of a language, not a tag or a switch. */
export function isPlain(word: string): boolean {
  return /^[\p{L}][\p{L}\p{N}\s.,:;!?'’"-]*$/u.test(word.trim());
}

/** Dates that are far apart, and what the template itself compares the date with. */
export function byDate(session: Session, base: Base): Observation[] {
  const clocks: { readonly word: string; readonly clock: Clock }[] = ["2199-12-31T23:59:58Z", "1990-06-01T03:04:05Z", "2027-11-15T18:00:00Z"].map(
    (word) => ({
      word,
      clock: clockAt(new Date(word)),
    }),
  );
  for (const { word } of [...session.clues.values()].filter(({ about }) => about === "date").slice(0, 20)) clocks.push({ word, clock: () => word });
  for (const { word, clock } of clocks) {
    const rendered = session.render(base.conversation, base.form, clock);
    if (rendered.kind !== "text") continue;
    const before = scaffoldOf(base.output, base.conversation.turns);
    const now = scaffoldOf(rendered.text, base.conversation.turns);
    const added = beyond(wordsOf(now), [...wordsOf(before), ...wordsOf(word)]).filter((each) => !DATE_WORDS.has(each));
    if (added.length >= 2) {
      const lines = beyond(proseOf(now), proseOf(before));
      return [{ kind: "appears", when: { on: "date", word }, text: (lines.join("\n") || added.join(" ")).slice(0, 300) }];
    }
  }
  return [];
}

/** Names of tools that the template looks for. */
export function byTool(session: Session, base: Base, word: string): Observation[] {
  if (!/^[\w.-]{1,64}$/.test(word)) return [];
  const conversation = { ...(base.conversation.turns.length > OFFERED.turns.length ? CALLED : OFFERED), tool: word };
  const rendered = session.render(conversation, base.form);
  if (rendered.kind !== "text") return [];
  const before = scaffoldOf(base.output, base.conversation.turns).replaceAll(TOOL, "");
  const now = scaffoldOf(rendered.text, conversation.turns).replaceAll(word, "");
  const added = beyond(wordsOf(now), wordsOf(before));
  if (added.length < 3) return [];
  const lines = beyond(proseOf(now), proseOf(before));
  return [{ kind: "appears", when: { on: "tool", word }, text: (lines.join("\n") || added.join(" ")).slice(0, 300) }];
}
