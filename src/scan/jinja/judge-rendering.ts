import { type Finding, findingOf, type Rule, type Severity, type SubjectInfo } from "../../finding.ts";
import type { Observation, Rendering } from "../../formats/jinja/facts.ts";
import { INSTRUCTION_SMUGGLING, MESSAGE_ALTERED, OWN_PROSE, RESOURCE_EXHAUSTION, ROLE_FORGERY } from "./rules.ts";
import { prefillSays, SUSPICIONS } from "./suspect-prose.ts";

interface Meaning {
  readonly rule: Rule;
  readonly severity: Severity;
  /** Behind "The template". */
  readonly does: string;
}

const MAX_SHOWN = 120;
const MAX_PROSE = 2000;

/** Findings about what a template writes: its own words, and what changes with them. */
export function rendered(rendering: Rendering, subject: SubjectInfo): Finding[] {
  const groups = new Map<string, { readonly meaning: Meaning; readonly observations: Observation[] }>();
  for (const observation of rendering.observations) {
    const meaning = meaningOf(observation);
    if (meaning === null) continue;
    const key = `${meaning.rule.id} ${observation.kind}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { meaning, observations: [observation] });
    else group.observations.push(observation);
  }
  const found = [...groups.values()].map(({ meaning, observations }) => storyOf(meaning, observations, subject));
  return [...found, ...suspicious(rendering, subject), ...prose(rendering, subject)];
}

/** What was not seen because nothing, or not everything, could be rendered. */
export function unrendered(rendering: Rendering | null): string[] {
  if (rendering === null) return [];
  if (rendering.cut) return ["what the template writes for the last of the conversations tried: they take too many steps"];
  return rendering.outcome === "rendered" || rendering.outcome === "limit"
    ? []
    : [`what the template writes, because it could not be rendered: ${rendering.why}`];
}

function storyOf({ rule, severity, does }: Meaning, observations: readonly Observation[], subject: SubjectInfo): Finding {
  const others = observations.length - 1;
  return findingOf(rule, {
    severity,
    where: { path: subject.path },
    title: `The template ${does}`,
    detail: `Seen by rendering it with conversations that differ in one thing each${others > 0 ? `; ${others} more of this kind are in the proof` : ""}.`,
    proof: observations.slice(0, 8).map((each) => ({ ...each })),
  });
}

function meaningOf(observation: Observation): Meaning | null {
  switch (observation.kind) {
    case "appears":
      return smuggling(`adds "${shown(observation.text)}" ${conditionOf(observation.when)}`);
    case "prefilled": {
      const says = prefillSays(observation.text);
      return says === null ? null : smuggling(`${says}: "${shown(observation.text)}"`);
    }
    case "tool-added":
      return smuggling(`offers the model a tool ${shown(observation.name)} that nobody gave it`);
    case "between":
      return smuggling(`writes "${shown(observation.text)}" between or beside the messages of a conversation`);
    case "relabelled":
      return forgery(`moves a message of the ${observation.role} that holds "${shown(observation.word)}" ${intoTurn(observation.to)}`);
    case "relabelled-where":
      return forgery(`moves a message of the ${observation.role} ${intoTurn(observation.to)} ${conditionOf(observation.when)}`);
    case "lost-where":
      return altered(`leaves out or changes a message of the ${observation.role} ${conditionOf(observation.when)}`);
    case "changed":
      return altered(`${CHANGES[observation.how]} of the ${observation.role}`);
    case "misplaced":
      return forgery(`gives a message of the ${observation.role} to the model as one of the ${shown(observation.to)}`);
    case "unwritten":
      return smuggling(`holds "${shown(observation.text)}", which it wrote in none of the conversations tried, whichever way its conditions went`);
    case "arguments-changed":
      return altered("changes the arguments of a tool call that a later turn shows to the model");
    case "forged":
      return forgery(`turns "${shown(observation.word)}" in a message of the ${observation.role} into ${observation.markers.map(shown).join(" ")}`);
    case "tool-as-system": {
      const meaning = forgery(`gives what tools return to the model as words of the system, behind ${shown(observation.marker)}`);
      // small templates take whoever is neither user nor assistant for the system, and know no tools
      return observation.named ? meaning : { ...meaning, severity: "low" };
    }
    case "turn-added":
      return forgery(`invents a turn of the ${observation.role}`);
    case "dropped":
      return droppedMeaning(observation);
    case "moved":
      return altered(`puts messages of the ${observation.role} in another order`);
    case "rewritten":
      return altered(
        `changes messages of the ${observation.role} that hold "${shown(observation.word)}"${observation.by === "" ? "" : `: it writes "${shown(observation.by)}"`}`,
      );
    case "costly":
      return {
        rule: RESOURCE_EXHAUSTION,
        severity: "medium",
        does: `takes ${observation.why} for a conversation of ${observation.messages} messages`,
      };
  }
}

const CHANGES = {
  signs: "changes signs, mark-up or paragraphs in a message",
  length: "cuts or changes a long message",
  place: "leaves out or changes the early messages of a long conversation, such as one",
} as const;

/** Some models have no system prompt, or take one message only: their templates do not know the rest, and write nothing instead of it. */
function droppedMeaning({ role, by, named }: Observation & { readonly kind: "dropped" }): Meaning {
  const meaning = altered(`leaves out the message of the ${role}${by === "" ? "" : ` and writes "${shown(by)}"`}`);
  return named || by !== "" ? meaning : { ...meaning, severity: "low" };
}

function intoTurn(to: string): string {
  return to === "" ? "into a turn that the message itself names" : `into a turn of the ${shown(to)}`;
}

function conditionOf(when: (Observation & { readonly kind: "appears" })["when"]): string {
  switch (when.on) {
    case "word":
      return `where a message of the ${when.role} holds "${shown(when.word)}"`;
    case "date":
      return `when the date is ${shown(when.word)}`;
    case "tool":
      return `where a tool is named ${shown(when.word)}`;
    case "length":
      return `once a conversation has ${when.messages} messages`;
    case "long-message":
      return `where a message is ${when.characters} characters long`;
    case "condition":
      return `${when.holds ? "where" : "unless"} \`${shown(when.source)}\``;
    case "prompt":
      return when.given ? "only where an answer is asked for" : "only where no answer is asked for";
  }
}

/** Own words that a model maker has no reason to write. */
function suspicious({ prose: { uninvited, beside, tools, behind } }: Rendering, subject: SubjectInfo): Finding[] {
  const always = new Set([...uninvited, ...beside, ...tools]);
  const lines = [...new Set([...always, ...behind])];
  return SUSPICIONS.flatMap(({ says, pattern }) => {
    const hits = lines.filter((line) => pattern.test(line));
    const [first] = hits;
    if (first === undefined) return [];
    return findingOf(INSTRUCTION_SMUGGLING, {
      severity: "medium",
      where: { path: subject.path },
      title: `The template ${says}: "${shown(first)}"`,
      detail: hits.some((line) => always.has(line)) ? "It writes this by itself." : "It writes this by itself once a condition holds.",
      proof: { says, lines: hits.slice(0, 8).map((line) => line.slice(0, 300)) },
    });
  });
}

/** The own words, to be read, and to be compared with those of the model that this one comes from. */
function prose({ prose: { uninvited, beside, tools, behind }, proseDigest, templateDigest }: Rendering, subject: SubjectInfo): Finding[] {
  const lines = [...new Set([...uninvited, ...beside, ...tools, ...behind])];
  if (lines.length === 0) return [];
  const words = lines.join(" ").split(/\s+/).length;
  return [
    findingOf(OWN_PROSE, {
      severity: "info",
      where: { path: subject.path },
      title: `The template adds ${words} words of its own: "${shown(lines[0] ?? "")}"`,
      detail: `With a system message given, ${beside.length} of these ${lines.length} lines stand beside it.`,
      proof: {
        words,
        uninvited: capped(uninvited),
        beside: capped(beside),
        tools: capped(tools),
        behind: capped(behind),
        prose: proseDigest,
        template: templateDigest,
      },
    }),
  ];
}

function capped(lines: readonly string[]): string {
  return lines.join("\n").slice(0, MAX_PROSE);
}

function shown(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}

function smuggling(does: string): Meaning {
  return { rule: INSTRUCTION_SMUGGLING, severity: "medium", does };
}

function forgery(does: string): Meaning {
  return { rule: ROLE_FORGERY, severity: "medium", does };
}

function altered(does: string): Meaning {
  return { rule: MESSAGE_ALTERED, severity: "medium", does };
}
