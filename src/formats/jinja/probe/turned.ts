import type { Condition } from "./conditions.ts";
import type { Conversation, Form } from "./conversations.ts";
import type { Observation, Condition as When } from "./observations.ts";
import { Phrases } from "./phrases.ts";
import { rolesIn, scaffoldOf } from "./scaffold.ts";
import type { Session } from "./session.ts";

/** Renderings with conditions turned; a published template of 113 conditions takes under 200. */
const MAX_TURNS = 300;
/** Conditions inside each other that are turned together. */
const MAX_PATH = 6;

interface Seen {
  holds: boolean;
  fails: boolean;
  /** Which way it went there first. */
  readonly first: boolean;
  readonly conversation: Conversation;
  readonly form: Form;
}

/** Which ways the conditions of a template went, and where each was first met. */
export class Coverage {
  readonly seen = new Map<object, Seen>();

  note(condition: object, holds: boolean, conversation: Conversation, form: Form): void {
    const known = this.seen.get(condition);
    if (known === undefined) this.seen.set(condition, { holds, fails: !holds, first: holds, conversation, form });
    else if (holds) known.holds = true;
    else known.fails = true;
  }
}

type Where = Extract<When, { readonly on: "condition" }>;
type Path = ReadonlyMap<Condition, boolean>;

export interface Behind {
  readonly observations: readonly Observation[];
  /** Lines that stand behind conditions which are the operator's to meet. */
  readonly lines: readonly string[];
  /** Not every condition was turned. */
  readonly cut: boolean;
}

/**
 * Turns every condition that went one way only, and those that come to light behind it, and reads what the template would write there. Words, dates and
 * counts need not be guessed for that.
 */
export function behind(session: Session, conditions: ReadonlyMap<object, Condition>, coverage: Coverage, known: Phrases): Behind {
  return new Turning(session, conditions, coverage, known).run();
}

class Turning {
  readonly #session: Session;
  readonly #conditions: ReadonlyMap<object, Condition>;
  readonly #coverage: Coverage;
  readonly #known: Phrases;
  readonly #observations: Observation[] = [];
  readonly #lines: string[] = [];
  readonly #paths: Path[];

  constructor(session: Session, conditions: ReadonlyMap<object, Condition>, coverage: Coverage, known: Phrases) {
    this.#session = session;
    this.#conditions = conditions;
    this.#coverage = coverage;
    this.#known = known;
    const paths = [...coverage.seen].flatMap(([node, seen]) => pathFrom(conditions.get(node), seen));
    // what others write comes first: a flag that it sets is then no condition of its own
    this.#paths = [...paths.filter((path) => groundOf(path) !== null), ...paths.filter((path) => groundOf(path) === null)];
  }

  run(): Behind {
    let turns = 0;
    for (let path = this.#paths.shift(); path !== undefined; path = this.#paths.shift()) {
      if (++turns > MAX_TURNS || this.#session.tired) return this.#result(true);
      const [first] = path.keys();
      const start = first === undefined ? undefined : this.#coverage.seen.get(first.node);
      if (start !== undefined) this.#read(path, start, this.#turn(path, start));
    }
    return this.#result(false);
  }

  #result(cut: boolean): Behind {
    return { observations: this.#observations, lines: this.#lines, cut };
  }

  /** Renders with the conditions of the path turned, and plans to turn those that were never met before. */
  #turn(path: Path, { conversation, form }: Seen): string {
    const fresh = new Set<object>();
    const turned = new Map([...path].map(([{ node }, to]) => [node, to] as const));
    const text = this.#session.turned(conversation, form, (node, holds) => {
      const way = turned.get(node) ?? holds;
      if (!this.#coverage.seen.has(node)) fresh.add(node);
      this.#coverage.note(node, way, conversation, form);
      return way;
    });
    for (const node of path.size < MAX_PATH ? fresh : []) {
      const [further] = pathFrom(this.#conditions.get(node), this.#coverage.seen.get(node));
      if (further !== undefined) this.#paths.push(new Map([...path, ...further]));
    }
    return text;
  }

  #read(path: Path, start: Seen, text: string): void {
    const said = this.#known.fresh(scaffoldOf(text, start.conversation.turns));
    for (const line of said) this.#known.learn(line);
    const ground = groundOf(path);
    if (ground === null) {
      this.#lines.push(...said);
      return;
    }
    const when = { on: "condition", source: ground.source(), holds: path.get(ground) ?? true } as const;
    if (said.length > 0) this.#observations.push({ kind: "appears", when, text: said.join("\n").slice(0, 300) });
    if (path.size === 1) this.#compare(ground, when, start, text, said.length > 0);
  }

  /** What one turned condition changes in the conversation in which it was met. */
  #compare(ground: Condition, when: Where, { conversation, form }: Seen, text: string, isSaid: boolean): void {
    const before = this.#session.render(conversation, form);
    if (before.kind !== "text") return;
    if (isMeasured(ground)) {
      this.#observations.push(...onlyIn(before.text, text, { ...when, holds: !when.holds }, conversation));
      if (!isSaid) this.#observations.push(...onlyIn(text, before.text, when, conversation));
    }
    if (ground.grounded.length === 0) return;
    const turned = new Set(ground.grounded);
    const now = turned.has(ground.node) ? text : this.#session.turned(conversation, form, (node, holds) => (turned.has(node) ? when.holds : holds));
    const moved = movedUnder(when, conversation, before.text, now);
    this.#observations.push(...moved.filter(({ kind }) => kind !== "lost-where" || isMeasured(ground) || ground.isPlain));
  }
}

/** Messages that a turned condition takes away or gives to somebody else. What an answer says may be cut: thoughts are. */
function movedUnder(when: Where, { turns }: Conversation, before: string, now: string): Observation[] {
  return turns.flatMap(({ role, text }): Observation[] => {
    const was = before.indexOf(text);
    if (role === "assistant" || text === "" || was < 0) return [];
    const is = now.indexOf(text);
    if (is < 0) return [{ kind: "lost-where", role, when }];
    const [from, to] = [speakerAt(before, was), speakerAt(now, is)];
    return from === null || to === null || from === to ? [] : [{ kind: "relabelled-where", role, to, when }];
  });
}

/** Own words that stand in one of two outputs for the same conversation. */
function onlyIn(here: string, there: string, when: Where, { turns }: Conversation): Observation[] {
  const known = new Phrases();
  known.learn(scaffoldOf(there, turns));
  const text = known.fresh(scaffoldOf(here, turns)).join("\n").slice(0, 300);
  return text === "" ? [] : [{ kind: "appears", when, text }];
}

const LEAD = 60;

/** The last word for a role before a message, close to it. */
function speakerAt(output: string, at: number): string | null {
  return rolesIn(output.slice(Math.max(0, at - LEAD), at)).at(-1) ?? null;
}

function groundOf(path: Path): Condition | null {
  return [...path.keys()].find(({ grounds }) => grounds.size > 0) ?? null;
}

/** The way that a condition has not gone. One that hangs on a date or a count is turned anyway: our conversations may just be of that length. */
function pathFrom(condition: Condition | undefined, seen: Seen | undefined): Path[] {
  if (condition === undefined || seen === undefined) return [];
  if (seen.holds && seen.fails && !isMeasured(condition)) return [];
  return [new Map([[condition, !seen.first]])];
}

function isMeasured({ grounds }: Condition): boolean {
  return grounds.has("count") || grounds.has("date");
}
