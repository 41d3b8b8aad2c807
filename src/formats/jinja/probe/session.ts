import type { Budget } from "../../../limits.ts";
import type { Template } from "../ast.ts";
import type { Steer } from "../render/expressions.ts";
import { type Clock, clockAt } from "../render/globals.ts";
import type { Look } from "../render/machine.ts";
import { type Rendered, render } from "../render/render.ts";
import { type PyValue, textIn } from "../render/values.ts";
import { type Conversation, dataOf, FORMS, type Form, SENTINELS } from "./conversations.ts";

/** A fixed day, so that the same template gives the same facts. */
export const TODAY = clockAt(new Date(Date.UTC(2026, 2, 5, 9, 7, 2)));
/** Steps for all renderings of one template: a real one takes under 1,500,000. */
const MAX_STEPS = 8_000_000;
/** Steps for renderings with conditions turned. */
const MAX_TURNED_STEPS = 6_000_000;
const MAX_CLUES = 80;

/** A text that the template looks for in something that we gave it. */
export interface Clue {
  readonly word: string;
  readonly look: Look;
  readonly about: "message" | "date" | "tool";
}

/** Renders one template again and again, counts the work, and collects what the template compares its inputs with. */
export class Session {
  readonly #template: Template;
  readonly #budget: Budget;
  readonly clues = new Map<string, Clue>();
  readonly numbers = new Set<number>();
  /** Told of the ways that conditions go, while somebody listens. */
  listener: ((condition: object, holds: boolean, conversation: Conversation, form: Form) => void) | null = null;
  readonly #dates = new Set<string>();
  #mutable = false;
  #steps = 0;
  #turnedSteps = 0;
  renders = 0;

  constructor(template: Template, budget: Budget) {
    this.#template = template;
    this.#budget = budget;
  }

  get exhausted(): boolean {
    return this.#steps > MAX_STEPS;
  }

  /** Renders with the first form that the template takes; the form of a success comes along. */
  firstOf(conversation: Conversation): { readonly form: Form; readonly rendered: Rendered } {
    const tried: { form: Form; rendered: Rendered }[] = [];
    for (const form of FORMS) {
      const rendered = this.render(conversation, form);
      if (rendered.kind === "text" || rendered.kind === "limit") return { form, rendered };
      tried.push({ form, rendered });
    }
    const [first] = tried;
    if (first === undefined) throw new RangeError("no form to try");
    return first;
  }

  render(conversation: Conversation, form: Form, clock: Clock = TODAY, prompt = true): Rendered {
    const data = dataOf(conversation, form, prompt);
    const watched: Clock = (format) => {
      const text = clock(format);
      if (this.#dates.size < 100 && text.length >= 2) this.#dates.add(text);
      return text;
    };
    const { listener } = this;
    const once = () => {
      const ways: [object, boolean][] = [];
      const rendered = render(this.#template, data, this.#budget, {
        clock: watched,
        mutable: this.#mutable,
        ...(listener === null ? {} : { steer: noted(ways) }),
        watch: (value, by, look) => this.#watch(value, by, look),
      });
      this.renders++;
      this.#steps += rendered.steps + this.#read(rendered);
      if (rendered.kind === "text") for (const [condition, holds] of ways) listener?.(condition, holds, conversation, form);
      return rendered;
    };
    const rendered = once();
    if (this.#mutable || (rendered.kind !== "security" && rendered.kind !== "error")) return rendered;
    // lists and messages that change are refused by the sandbox of transformers, and rendered by llama.cpp
    this.#mutable = true;
    const again = once();
    this.#mutable = again.kind === "text";
    return this.#mutable ? again : rendered;
  }

  /** What is written with some conditions turned, behind whatever fails. */
  turned(conversation: Conversation, form: Form, steer: Steer): string {
    const rendered = render(this.#template, dataOf(conversation, form, true), this.#budget, {
      clock: TODAY,
      mutable: this.#mutable,
      lenient: true,
      steer,
    });
    this.renders++;
    this.#turnedSteps += rendered.steps + this.#read(rendered);
    return rendered.kind === "text" ? rendered.text : "";
  }

  /** Steps for what is done with an output: it is searched for messages, and cut into words. */
  #read(rendered: Rendered): number {
    const steps = rendered.kind === "text" ? rendered.text.length >> 3 : 0;
    this.#budget.steps(steps);
    return steps;
  }

  get tired(): boolean {
    return this.#turnedSteps > MAX_TURNED_STEPS;
  }

  #watch(value: PyValue, by: PyValue, look: Look): void {
    for (const number of [value, by])
      if (typeof number === "number" && number > 2 && number <= 5000 && this.numbers.size < 40) this.numbers.add(number);
    const [text, word] = [textIn(value), textIn(by)];
    if (text === null || word === null) {
      if (text !== null && look === "equal") return;
      this.#watchList(value, word);
      return;
    }
    this.#clue(text, word, look);
    if (look === "equal" || look === "in") this.#clue(word, text, look);
  }

  /** `content in ['a', 'b']`, and `'a' in content.split()` */
  #watchList(container: PyValue, item: string | null): void {
    if (item === null || container === null || typeof container !== "object" || !("items" in container)) return;
    for (const each of container.items.slice(0, 50)) {
      const word = textIn(each);
      if (word === null) continue;
      this.#clue(item, word, "equal");
      this.#clue(word, item, "in");
    }
  }

  #clue(text: string, word: string, look: Look): void {
    if (this.clues.size >= MAX_CLUES || word.trim() === "" || word.length > 200 || mentionsInput(word)) return;
    const about = this.#aboutOf(text);
    const key = `${about} ${look} ${word}`;
    if (about !== null && !this.clues.has(key)) this.clues.set(key, { word, look, about });
  }

  #aboutOf(text: string): Clue["about"] | null {
    const plain = text.toLowerCase();
    if (plain.includes("plorvex") || plain.includes("gantu")) return plain.split(/\s/).length > 3 ? "message" : "tool";
    if (mentionsInput(plain) || isPieceOfInput(plain)) return "message";
    return [...this.#dates].some((date) => text.includes(date)) ? "date" : null;
  }
}

function noted(ways: [object, boolean][]): Steer {
  return (condition, holds) => {
    ways.push([condition, holds]);
    return holds;
  };
}

function mentionsInput(text: string): boolean {
  const plain = text.toLowerCase();
  return SENTINELS.some((word) => plain.includes(word));
}

/** `content[:6]` */
function isPieceOfInput(text: string): boolean {
  return text.length >= 5 && SENTINELS.some((word) => word.includes(text.trim()));
}
