import type { Rendered } from "../render/render.ts";
import { CALLED, type Conversation, exchange, type Form, TOOL } from "./conversations.ts";
import type { Observation } from "./observations.ts";
import { Phrases } from "./phrases.ts";
import { gapsOf, markersOf, proseOf, scaffoldOf } from "./scaffold.ts";
import type { Session } from "./session.ts";

/** Conversations this long at most are tried for a number that the template compares with. */
const MAX_MESSAGES = 200;
/** Lengths that are tried without such a number. */
const LENGTHS = [7, 9, 11, 13, 15, 25, 51];
/** Own words between messages: `### Response:` is three, an invented turn is more. */
const MIN_WORDS = 5;

const textOf = (rendered: Rendered): string | null => (rendered.kind === "text" ? rendered.text : null);

/** Messages that are missing from the output. Letters may change case, nothing else. */
export function droppedIn({ turns }: Conversation, output: string, source: string): Observation[] {
  const plain = output.toLowerCase();
  return turns
    .filter(({ text }) => text !== "" && !plain.includes(text.toLowerCase()))
    .map(({ role }) => ({
      kind: "dropped" as const,
      role,
      by: proseOf(scaffoldOf(output, turns)).join("\n").slice(0, 300),
      named: source.includes(role),
    }));
}

/** Messages in another order. Some models take the system's words before the last message, none behind it. */
export function movedIn({ turns }: Conversation, output: string): Observation[] {
  const places = turns.map(({ role, text }) => ({ role, at: output.indexOf(text) })).filter(({ at }) => at >= 0);
  const last = places.at(-1);
  const spoken = places.filter(({ role }) => role !== "system");
  const moved =
    spoken.find(({ at }, i) => i > 0 && at < (spoken[i - 1]?.at ?? 0)) ?? places.find(({ role, at }) => role === "system" && at > (last?.at ?? 0));
  return moved === undefined ? [] : [{ kind: "moved", role: moved.role }];
}

/**
 * Turns of the user or the assistant that nobody spoke: their marker stands more often than they have messages. Small templates know two speakers only
 * and give the system's and the tools' words to the user; nobody's words are given to the assistant.
 */
export function turnsAdded({ turns }: Conversation, output: string): Observation[] {
  const gaps = gapsOf(output, turns);
  if (gaps === null) return [];
  const leads = gaps.slice(0, -1).map((gap, i) => ({ role: turns[i]?.role, lead: leadIn(gap) }));
  return (["user", "assistant"] as const).flatMap((role) => {
    const own = leads.filter((each) => each.role === role);
    const marker = own[0]?.lead ?? "";
    if (marker === "" || own.some(({ lead }) => lead !== marker)) return [];
    const expected = role === "assistant" ? own.length + 1 : leads.filter(({ lead }) => lead === marker).length;
    return output.split(marker).length - 1 > expected ? [{ kind: "turn-added" as const, role, marker }] : [];
  });
}

const SPEAKER = /user|human|assistant|model|chatbot|gpt|\bai\b/i;

/** The last markers before a message that name who speaks, with what stands behind them. */
function leadIn(gap: string): string {
  let from = gap.length;
  for (const marker of markersOf(gap).toReversed()) {
    from = gap.lastIndexOf(marker, from - 1);
    if (SPEAKER.test(gap.slice(from))) return gap.slice(from);
  }
  return "";
}

/** Prose that stands between messages of a plain conversation: in every gap, or only in some. */
export function betweenIn({ turns }: Conversation, output: string): Observation[] {
  const inner = gapsOf(output, turns)?.slice(turns[0]?.role === "system" ? 2 : 1, -1) ?? [];
  const texts = inner.flatMap((gap) => proseOf(gap, MIN_WORDS));
  return [...new Set(texts)].slice(0, 5).map((text) => ({ kind: "between" as const, text: text.slice(0, 300) }));
}

/** Own words in the turn of the user or of a tool, next to what was said there: the model cannot tell them apart. */
export function besideWords({ turns }: Conversation, output: string): Observation[] {
  const spoken = turns.filter(({ text }) => text !== "");
  const gaps = gapsOf(output, spoken);
  if (gaps === null) return [];
  const texts = spoken.flatMap(({ role }, i) => {
    const behind = beforeMarker(gaps[i + 1] ?? "");
    if (role === "tool") return [behind, afterMarker(gaps[i] ?? "")];
    return role === "user" && i === spoken.length - 1 ? [behind] : [];
  });
  return [...new Set(texts.flatMap((text) => proseOf(text, MIN_WORDS)))].map((text) => ({ kind: "between", text: text.slice(0, 300) }));
}

/** What stands on the same side of the next marker, when there is one: a template without markers has headings in words. */
function beforeMarker(gap: string): string {
  const [marker] = markersOf(gap);
  return marker === undefined ? "" : gap.slice(0, gap.indexOf(marker));
}

function afterMarker(gap: string): string {
  const marker = markersOf(gap).at(-1);
  return marker === undefined ? "" : gap.slice(gap.lastIndexOf(marker) + marker.length);
}

/** Prose that a long conversation brings and a short one does not. */
export function longer(session: Session, base: Conversation, form: Form, prose: ReadonlySet<string>): Observation[] {
  const lead = base.turns.filter(({ role }) => role === "system");
  const wanted = [...session.numbers].filter((number) => number <= MAX_MESSAGES).flatMap((number) => [number, number + 1, number + 2]);
  const lengths = [...new Set([...LENGTHS, ...wanted.map((number) => number | 1)])].sort((a, b) => a - b);
  for (const messages of lengths) {
    if (session.exhausted) break;
    const conversation = { ...base, turns: [...lead, ...exchange(messages)] };
    const rendered = session.render(conversation, form);
    if (rendered.kind === "limit") return [{ kind: "costly", messages: conversation.turns.length, why: rendered.why }];
    const text = textOf(rendered);
    const fresh = text === null ? [] : proseOf(scaffoldOf(text, conversation.turns)).filter((line) => !prose.has(line));
    if (fresh.length > 0) return [{ kind: "appears", when: { on: "length", messages }, text: fresh.join("\n").slice(0, 300) }];
  }
  return [];
}

const MANY = 6000;

/** Prose that a long message brings. */
export function longMessage(session: Session, base: Conversation, form: Form, prose: ReadonlySet<string>): Observation[] {
  const at = base.turns.findLastIndex(({ role }) => role === "user");
  const text = `${base.turns[at]?.text} `.repeat(200).slice(0, MANY).trim();
  const conversation = { ...base, turns: base.turns.map((turn, i) => (i === at ? { ...turn, text } : turn)) };
  const output = textOf(session.render(conversation, form));
  const fresh =
    output === null ? [] : proseOf(scaffoldOf(output, conversation.turns)).filter((line) => !prose.has(line) && !line.includes(text.slice(0, 12)));
  return fresh.length === 0 ? [] : [{ kind: "appears", when: { on: "long-message", characters: MANY }, text: fresh.join("\n").slice(0, 300) }];
}

/** Own words that the answer begins with, and others that depend on whether one is asked for. */
export function prefilled(session: Session, base: Conversation, form: Form, output: string): Observation[] {
  const without = textOf(session.render(base, form, undefined, false));
  if (without === null) return [];
  if (output.startsWith(without)) {
    const [text] = proseOf(output.slice(without.length));
    return text === undefined ? [] : [{ kind: "prefilled", text: text.slice(0, 300) }];
  }
  return ([true, false] as const).flatMap((given) => {
    const [here, there] = given ? [output, without] : [without, output];
    const known = new Phrases();
    known.learn(scaffoldOf(there, base.turns));
    const text = known.fresh(scaffoldOf(here, base.turns)).join("\n").slice(0, 300);
    return text === "" ? [] : [{ kind: "appears" as const, when: { on: "prompt" as const, given }, text }];
  });
}

/** Tool results that stand where the system speaks. */
export function toolAsSystem(output: string, source: string): Observation[] {
  const system = lead(output, CALLED, "system");
  const tool = lead(output, CALLED, "tool");
  if (system === null || tool === null) return [];
  let shared = 0;
  while (shared < system.length && system.at(-1 - shared) === tool.at(-1 - shared)) shared++;
  const marker = shared === 0 ? "" : system.slice(-shared).trim();
  return /system/i.test(marker) && markersOf(marker).length > 0
    ? [{ kind: "tool-as-system", marker: marker.slice(-80), named: /tool|function|ipython|observation/i.test(source) }]
    : [];
}

function lead(output: string, { turns }: Conversation, role: "system" | "tool"): string | null {
  const text = turns.find((turn) => turn.role === role)?.text ?? "";
  const at = output.indexOf(text);
  return at <= 0 ? null : output.slice(Math.max(0, at - 80), at);
}

const NAMED = /"name"\s*:\s*"([^"\\]{1,80})"/g;
const GIVEN: ReadonlySet<string> = new Set([TOOL, "place", "plorvex", "gantu"]);

/** Tools that stand in the prompt as those that were offered do, and were not. */
export function toolsAdded(output: string): Observation[] {
  const names = [...output.matchAll(NAMED)].map(([, name]) => name ?? "");
  if (!names.includes(TOOL)) return [];
  return [...new Set(names.filter((name) => !GIVEN.has(name) && /^[\w.-]+$/.test(name)))].map((name) => ({ kind: "tool-added" as const, name }));
}
