import { CALLED, type Conversation, exchange, type Form, LED, type Role, type Turn, withText } from "./conversations.ts";
import type { Observation } from "./observations.ts";
import { markersOf, rolesIn } from "./scaffold.ts";
import type { Session } from "./session.ts";
import type { Base } from "./triggers.ts";

/** Signs of mark-up, of JSON, of code and of other scripts, which only a filter would change. */
const SIGNS = `1: "a" <b>c</b> & d < e > f; it's 100% (ok) [g] {"h": [2, null]}\n\n# I\n* j_k ~ $3 @l \\n C:\\m\t§ naïve café – 你好 🙂 end`;
const PARAGRAPHS = 120;
const MANY = 61;

/** Whether messages with signs, long ones, and those far back are written as they were given. */
export function contentsIn(session: Session, bases: readonly Base[]): Observation[] {
  return bases
    .filter(({ conversation }) => conversation === LED || conversation === CALLED)
    .flatMap(({ conversation, form, output }) => [
      ...kept(session, conversation, form, output, "signs", (text) => `${text} ${SIGNS}`),
      ...kept(session, conversation, form, output, "length", (text) =>
        Array.from({ length: PARAGRAPHS }, (_, i) => `${text} ${i} plain sentence`).join("\n"),
      ),
      ...(conversation === LED ? farBack(session, form, output) : []),
    ]);
}

type How = Extract<Observation, { readonly kind: "changed" }>["how"];

function kept(session: Session, conversation: Conversation, form: Form, before: string, how: How, write: (text: string) => string): Observation[] {
  const found: Observation[] = [];
  const roles: readonly Role[] = conversation === CALLED ? ["tool"] : ["system", "user"];
  for (const role of roles) {
    const at = conversation.turns.findLastIndex((turn) => turn.role === role);
    const turn = conversation.turns[at];
    if (turn === undefined || !before.includes(turn.text)) continue;
    const text = write(turn.text);
    const rendered = session.render(withText(conversation, at, text), form);
    if (rendered.kind === "text" && !holds(rendered.text, text)) found.push({ kind: "changed", role, how });
  }
  return found;
}

/** As it is, with white space folded (Falcon's own templates leave out empty lines), or as JSON. */
function holds(output: string, text: string): boolean {
  return folded(output).includes(folded(text)) || output.includes(JSON.stringify(text).slice(1, -1));
}

function folded(text: string): string {
  return text.replace(/\s+/g, " ");
}

/** The first messages of a long conversation. Thoughts and results of tools may be left out, what was said may not. */
function farBack(session: Session, form: Form, before: string): Observation[] {
  const [system] = LED.turns;
  const turns: readonly Turn[] = [
    ...(system === undefined ? [] : [system]),
    ...exchange(MANY).map((turn, i) => ({ ...turn, text: `${turn.text} ${i}x` })),
  ];
  const rendered = session.render({ turns }, form);
  if (rendered.kind !== "text") return [];
  const lost = turns.find(
    ({ role, text }, i) =>
      !holds(rendered.text, text) && before.includes(LED.turns[i % 2 === 0 ? 2 : 1]?.text ?? "") && (role !== "system" || before.includes(text)),
  );
  return lost === undefined ? [] : [{ kind: "changed", role: lost.role, how: "place" }];
}

/** Messages that stand behind the marker of somebody else. Small templates give the system's words and what tools return to the user. */
export function speakersIn({ conversation: { turns }, output }: Base): Observation[] {
  const leads = turns.map(({ role, text }) => ({
    role,
    lead: text === "" || !output.includes(text) ? null : leadBefore(output, output.indexOf(text)),
  }));
  const own = (role: Role) => new Set(leads.filter((each) => each.role === role && each.lead !== null).map(({ lead }) => lead));
  const [users, answers] = [own("user"), own("assistant")];
  return leads.flatMap(({ role, lead }): Observation[] => {
    if (lead === null || users.size === 0 || answers.size === 0) return [];
    const roles = rolesIn(lead);
    const says = roles.at(-1) ?? "";
    if (role !== "assistant" && answers.has(lead) && !users.has(lead) && isAnswer(says)) return [{ kind: "misplaced", role, to: says }];
    if (role === "user" && (isAnswer(says) || says === "system")) return [{ kind: "misplaced", role, to: says }];
    return [];
  });
}

function isAnswer(word: string): boolean {
  return word === "assistant" || word === "model" || word === "chatbot";
}

/** The markers right before a message, with the words between them. */
function leadBefore(output: string, at: number): string | null {
  const before = output.slice(Math.max(0, at - 80), at);
  const markers = markersOf(before);
  const [first] = markers.slice(-2);
  return first === undefined ? null : before.slice(before.lastIndexOf(first, before.lastIndexOf(markers.at(-1) ?? "")));
}

/** Arguments of a call as they were given. */
export function argumentsIn({ conversation: { turns, tool }, output }: Base): Observation[] {
  const from = output.indexOf(turns[1]?.text ?? "");
  const to = output.indexOf(turns[3]?.text ?? "");
  if (from < 0 || to < from || tool === undefined) return [];
  const call = output.slice(from, to);
  // without both, a template shows no arguments at all
  return call.includes(tool) && call.includes("place") !== call.includes("grintel") ? [{ kind: "arguments-changed" }] : [];
}
