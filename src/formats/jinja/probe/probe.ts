import { digestOf } from "../../../digest.ts";
import type { Budget } from "../../../limits.ts";
import { lex } from "../lex.ts";
import type { Memory } from "../memory.ts";
import { plainOf, templateOf } from "../render/render.ts";
import { conditionsOf } from "./conditions.ts";
import { argumentsIn, contentsIn, speakersIn } from "./contents.ts";
import { CALLED, type Conversation, LED, OFFERED, PLAIN, type Role } from "./conversations.ts";
import type { Observation, Rendering } from "./observations.ts";
import { Phrases } from "./phrases.ts";
import { proseOf, scaffoldOf } from "./scaffold.ts";
import { type Clue, Session } from "./session.ts";
import { type Base, byDate, byTool, byWord, isPlain } from "./triggers.ts";
import { behind, Coverage } from "./turned.ts";
import { besideWords, betweenIn, droppedIn, longer, longMessage, movedIn, prefilled, toolAsSystem, toolsAdded, turnsAdded } from "./turns.ts";
import { unwrittenIn } from "./unwritten.ts";

/** Steps that must be left in the budget of the file before a template is rendered at all. */
const LEAST_BUDGET = 18_000_000;
const MAX_LINES = 200;
const MAX_LINE = 2000;
const NO_PROSE: Rendering["prose"] = { uninvited: [], beside: [], tools: [], behind: [] };

/**
 * Renders conversations that differ in one harmless thing each (a word, a date, a tool's name, their length), and notes where the template writes
 * something else than that asks for. Words to try are those that the template itself compares its messages with while it runs.
 */
export function probe(source: string, memory: Memory, budget: Budget): Rendering {
  const isTooLate = budget.stepsLeft < LEAST_BUDGET;
  const digest = isTooLate ? digestOf("") : templateDigest(source, memory, budget);
  const none = (outcome: Rendering["outcome"], why: string, renders = 0): Rendering => ({
    ...{ outcome, why, renders, cut: false, prose: NO_PROSE, proseDigest: digestOf("") },
    ...{ templateDigest: digest, observations: outcome === "limit" ? [{ kind: "costly", messages: PLAIN.turns.length, why }] : [] },
  });
  if (isTooLate) return none("skipped", "too few steps are left");
  const plain = plainOf(source);
  const template = templateOf(source, memory, budget);
  const session = new Session(template, budget);
  const coverage = new Coverage();
  const known = new Phrases();
  session.listener = (...way) => coverage.note(...way);
  const bases: Base[] = [];
  let ended: { kind: string; why: string } | null = null;
  for (const conversation of [PLAIN, LED, OFFERED, CALLED]) {
    const { form, rendered } = session.firstOf(conversation);
    if (rendered.kind === "text") bases.push({ conversation, form, output: rendered.text });
    else if (ended === null || rendered.kind === "limit") ended = rendered;
    if (rendered.kind === "limit") return none("limit", rendered.why, session.renders);
  }
  if (bases.length === 0) return none(ended?.kind === "unsupported" ? "unsupported" : "failed", ended?.why ?? "", session.renders);
  const own = ownProse(session, bases);
  session.listener = null;
  for (const { conversation, output } of bases) known.learn(scaffoldOf(output, conversation.turns));
  for (const line of [...own.uninvited, ...own.beside, ...own.tools]) known.learn(line);
  const seen = observed(session, bases, source);
  const turned = behind(session, conditionsOf(template, plain, budget), coverage, known);
  const unwritten = seen.length + turned.observations.length > 0 ? [] : unwrittenIn(template, known, budget);
  const observations = distinct([
    ...seen,
    ...turned.observations,
    ...unwritten.map((text) => ({ kind: "unwritten" as const, text: text.slice(0, 300) })),
  ]);
  const prose = { ...own, behind: turned.lines.slice(0, MAX_LINES).map((line) => line.slice(0, MAX_LINE)) };
  return {
    ...{ outcome: "rendered", why: "", renders: session.renders, cut: session.exhausted || turned.cut, prose },
    ...{ proseDigest: digestOf([...prose.uninvited, ...prose.beside, ...prose.tools].join("\n")), templateDigest: digest, observations },
  };
}

/** What is said of a template whose probes came to the end of the budget of its file. */
export function unfinished(why: string): Rendering {
  const nothing = digestOf("");
  return { outcome: "skipped", why, renders: 0, cut: true, prose: NO_PROSE, proseDigest: nothing, templateDigest: nothing, observations: [] };
}

const baseOf = (bases: readonly Base[], conversation: Conversation) => bases.find((base) => base.conversation === conversation);

function observed(session: Session, bases: readonly Base[], source: string): Observation[] {
  const found: Observation[] = [];
  // what writes no message at all is no template of a chat, or takes its messages under other names
  if (!bases.some(({ conversation, output }) => speaks(conversation, output))) return found;
  for (const { conversation, output } of bases) {
    if (conversation !== CALLED) found.push(...droppedIn(conversation, output, source), ...movedIn(conversation, output));
    if (conversation === CALLED) found.push(...toolAsSystem(output, source));
    if (conversation === CALLED || conversation === LED) found.push(...besideWords(conversation, output));
    if (conversation === CALLED || conversation === OFFERED) found.push(...toolsAdded(output));
  }
  for (const { conversation, form } of bases) {
    const parts = conversation === CALLED || conversation === LED ? session.render(conversation, { ...form, content: "parts" }) : null;
    // a template that knows no parts writes the list as Python shows it
    if (parts?.kind === "text" && !/['"]type['"]: ?['"]text/.test(parts.text)) found.push(...besideWords(conversation, parts.text));
  }
  found.push(...contentsIn(session, bases));
  for (const base of bases) if (base.conversation === LED || base.conversation === CALLED) found.push(...speakersIn(base));
  for (const base of bases) if (base.conversation === CALLED) found.push(...argumentsIn(base));
  const main = baseOf(bases, LED) ?? baseOf(bases, PLAIN) ?? bases[0];
  if (main !== undefined) {
    // a system prompt of the template's own may stand behind the first messages; beside the operator's there is none
    found.push(...betweenIn(main.conversation, main.output));
    if (main.conversation === LED || main.conversation === PLAIN) found.push(...turnsAdded(main.conversation, main.output));
    const known = new Set(bases.flatMap(({ conversation, output }) => proseOf(scaffoldOf(output, conversation.turns))));
    found.push(...prefilled(session, main.conversation, main.form, main.output));
    for (const { conversation, form } of bases)
      if (conversation === LED || conversation === PLAIN) found.push(...longer(session, conversation, form, known));
    found.push(...longMessage(session, main.conversation, main.form, known));
    found.push(...byDate(session, main));
  }
  found.push(...triggered(session, bases));
  return found;
}

function speaks({ turns }: Conversation, output: string): boolean {
  const plain = output.toLowerCase();
  return turns.some(({ text }) => text !== "" && plain.includes(text.toLowerCase()));
}

/** The same in another conversation is the same. */
function distinct(found: readonly Observation[]): Observation[] {
  const kept = new Map<string, Observation>();
  const told = new Set(found.map((each) => ("role" in each ? `${each.kind} ${each.role}` : each.kind)));
  for (const each of found) {
    const { kind } = each;
    // a word that does it says more than the condition that looks for it
    if (kind === "relabelled-where" && told.has(`relabelled ${each.role}`)) continue;
    if (kind === "lost-where" && told.has(`rewritten ${each.role}`)) continue;
    const key = JSON.stringify(kind === "dropped" ? [kind, each.role] : kind === "appears" ? [kind, each.text] : each);
    if (!kept.has(key)) kept.set(key, each);
  }
  return [...kept.values()].slice(0, 40);
}

const ROLES: readonly Role[] = ["user", "assistant", "system", "tool"];

/** Tries every word that the template looks for, those that only show while others are tried included. */
function triggered(session: Session, bases: readonly Base[]): Observation[] {
  const found: Observation[] = [];
  const tried = new Set<Clue>();
  for (let clues = fresh(session, tried); clues.length > 0 && !session.exhausted; clues = fresh(session, tried)) {
    for (const clue of clues) {
      if (session.exhausted) break;
      tried.add(clue);
      if (clue.about === "message") for (const role of ROLES) found.push(...inRole(session, bases, role, clue));
      if (clue.about !== "tool") continue;
      for (const base of bases) if (base.conversation.tool !== undefined) found.push(...byTool(session, base, clue.word));
    }
  }
  // a condition may ask for several words at once
  const words = [...new Set([...tried].filter(({ about, word }) => about === "message" && isPlain(word)).map(({ word }) => word.trim()))];
  if (found.length === 0 && words.length > 1)
    for (const role of ROLES) found.push(...inRole(session, bases, role, { word: words.join(" "), look: "in", about: "message" }));
  return found;
}

function fresh(session: Session, tried: ReadonlySet<Clue>): Clue[] {
  return [...session.clues.values()].filter((clue) => !tried.has(clue));
}

/** The last message of the role in the conversation that has one. */
function inRole(session: Session, bases: readonly Base[], role: Role, clue: Clue): Observation[] {
  const base = [LED, PLAIN, CALLED, OFFERED]
    .map((conversation) => baseOf(bases, conversation))
    .find((each) => each?.conversation.turns.some((turn) => turn.role === role && turn.text !== ""));
  if (base === undefined) return [];
  return byWord(
    session,
    base,
    base.conversation.turns.findLastIndex((turn) => turn.role === role && turn.text !== ""),
    clue,
  );
}

const SWITCHES = [
  { enable_thinking: true },
  { enable_thinking: false },
  { documents: [{ doc_id: "1", title: "wexlorim", text: "wexlorim yandrop", contents: "wexlorim yandrop" }] },
];

/** What the template writes by itself, also where thinking is switched on or off. */
function ownProse(session: Session, bases: readonly Base[]): Omit<Rendering["prose"], "behind"> {
  const lines = (wanted: readonly Conversation[]) => {
    const all = bases
      .filter(({ conversation }) => wanted.includes(conversation))
      .flatMap(({ conversation, form, output }) =>
        [output, ...switched(session, conversation, form)].map((each) => scaffoldOf(each, conversation.turns)),
      );
    return [...new Set(all.flatMap((each) => proseOf(each)))].slice(0, MAX_LINES).map((line) => line.slice(0, MAX_LINE));
  };
  const [uninvited, beside, tools] = [lines([PLAIN]), lines([LED]), lines([OFFERED, CALLED])];
  return { uninvited, beside, tools: tools.filter((line) => !beside.includes(line)) };
}

function switched(session: Session, conversation: Conversation, form: Base["form"]): string[] {
  return SWITCHES.flatMap((variables) => {
    const rendered = session.render({ ...conversation, variables }, form);
    return rendered.kind === "text" ? [rendered.text] : [];
  });
}

/** SHA-256 of the template as it reads: comments, layout of tags, kinds of quotes and runs of white space do not count. */
function templateDigest(source: string, memory: Memory, budget: Budget): string {
  const parts = lex(source.replace(/\r\n?/g, "\n"), memory, budget).map((segment) =>
    segment.kind === "data"
      ? segment.text.replace(/\s+/g, " ").trim()
      : [segment.kind, ...segment.tokens.map((token) => `${token.kind}:${token.text}`)],
  );
  return digestOf(JSON.stringify(parts.filter((part) => part !== "")));
}
