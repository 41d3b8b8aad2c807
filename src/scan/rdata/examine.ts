import { type Examined, type Examiner, type Finding, findingOf, type Rule, type Severity } from "../../finding.ts";
import type { CallFact, FunctionFact, LanguageFact, PromiseFact, RdataFacts } from "../../formats/rdata/facts.ts";
import { ACTING, ASSIGNS, isOrdinary, PLAIN_ALTERNATIVES, PROGRAMS } from "./functions.ts";
import known from "./known-functions.json" with { type: "json" };
import { type Remark, remarksOn } from "./language.ts";
import { RDATA_RULES as RULES } from "./rules.ts";

/** Digests of code by CodeDigest. */
const KNOWN_FUNCTIONS: ReadonlySet<string> = new Set(Object.values(known.functions).flatMap((digests) => digests.split(" ")));
/** Digests of languages. */
const KNOWN_EXPRESSIONS: ReadonlySet<string> = new Set(Object.values(known.expressions).flatMap((digests) => digests.split(" ")));

const SHOWN = 5;
const SHOWN_NAME = 60;
/** Packages that belong to R itself. */
const BASE_PACKAGES: ReadonlySet<string> = new Set(
  "base stats utils methods graphics grDevices datasets tools parallel compiler grid splines stats4".split(" "),
);
const PLACES = {
  object: "The object itself",
  variable: "A variable of the workspace",
  binding: "A variable of an environment",
  element: "A part of the object",
} as const;

/** What R would run: on use of the object for promises, on predict() and the like for calls, and whenever it is called for a function. */
export const rdataExaminer: Examiner<RdataFacts> = {
  id: "rdata",
  version: 1,
  reads: "rdata",
  rules: Object.values(RULES),
  examine({ facts, anomalies }, { path }): Examined {
    const see = (rule: Rule, severity: Severity, at: number, title: string, proof: Record<string, string | number | readonly string[]>): Finding =>
      findingOf(rule, { severity, where: { path, offset: at }, title, proof });
    const remarks = facts.languages.filter(isForeign).flatMap((language) => remarksOn(language).map((remark) => ({ ...remark, in: language.in })));
    const findings: Finding[] = [
      ...promises(facts.promises, [...facts.calls, ...remarks], see),
      ...actingCalls(facts.calls, see),
      ...handedOn(remarks, facts.calls, see),
      ...unknownCalls(facts.calls, remarks, see),
      ...computedCalls(remarks, see),
      ...paths(remarks, see),
      ...functions(facts, see),
      ...packages(facts, see),
      ...rebuilt(facts, see),
    ];
    const [binding] = facts.activeBindings;
    if (binding !== undefined)
      findings.push(
        see(RULES.binding, "medium", binding, "A variable of an environment calls a function when it is read", {
          count: facts.activeBindings.length,
        }),
      );
    for (const { at, what } of anomalies) findings.push(see(RULES.structure, "medium", at, `${what.slice(0, 200)}`, {}));
    return { findings, unexamined: facts.dropped === 0 ? [] : [`${facts.dropped} more parts of the R object that can act`] };
  },
};

type See = (rule: Rule, severity: Severity, at: number, title: string, proof: Record<string, string | number | readonly string[]>) => Finding;

/** No writer of R puts an unevaluated promise anywhere but into an environment, where functions leave theirs. */
function promises(all: readonly PromiseFact[], calls: readonly Pick<CallFact, "name" | "in">[], see: See): readonly Finding[] {
  const acts = calls.some(({ name, in: place }) => place === "promise" && ACTING.has(name));
  const telling = all.filter(({ place, constant }) => !(constant && (place === "binding" || place === "element")));
  return [...Map.groupBy(telling, ({ place, forced }) => `${place} ${forced}`).values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || (first.forced && first.place === "binding")) return [];
    const touched = first.place === "object" || first.place === "variable";
    const severity = first.forced || first.place === "binding" ? "medium" : touched && acts ? "critical" : "high";
    const state = first.forced ? "a promise that was evaluated" : "an expression that R evaluates when it is used";
    return [see(RULES.promise, severity, first.at, `${PLACES[first.place]} is ${state}`, { place: first.place, count: group.length })];
  });
}

function actingCalls(calls: readonly CallFact[], see: See): readonly Finding[] {
  const acting = calls.filter(({ name, in: place, mentioned }) => {
    if (place === "forced") return PROGRAMS.has(name);
    if (place !== "function") return ACTING.has(name);
    return PROGRAMS.has(name) || (mentioned !== true && CALLED_IN_FUNCTIONS.has(ACTING.get(name) ?? ""));
  });
  return acting.slice(0, SHOWN).map(({ name, in: place, at }) =>
    see(RULES.call, "high", at, `${WHERE[place]} calls ${name}, which ${ACTING.get(name) ?? "acts"}`, {
      name,
      in: place,
      more: Math.max(0, acting.length - SHOWN),
    }),
  );
}

const WHERE = {
  promise: "A delayed expression",
  forced: "An expression that was evaluated",
  function: "A function in the object",
  language: "A formula or stored call",
} as const;
/** Effects that ordinary functions of packages do not have; most of them evaluate calls and set options. */
const CALLED_IN_FUNCTIONS: ReadonlySet<string> = new Set(["starts a program", "talks to the network", "installs packages"]);

/** Families hold expressions of R's own, which prepare the data of a fit. */
function isForeign({ digest }: LanguageFact): boolean {
  return digest === null || !KNOWN_EXPRESSIONS.has(digest);
}

type RemarkIn = Remark & Pick<CallFact, "in">;

/** What was evaluated is not evaluated again: there, names that start programs are enough. */
function isLive({ name, in: place }: Pick<CallFact, "name" | "in">): boolean {
  return place !== "forced" || PROGRAMS.has(name);
}

function handedOn(remarks: readonly RemarkIn[], calls: readonly CallFact[], see: See): readonly Finding[] {
  const called = new Set(calls.filter(({ in: place }) => place !== "function").map(({ name }) => name));
  const handed = new Map(
    remarks.filter((remark) => remark.kind === "hands on" && isLive(remark) && !called.has(remark.name)).map((remark) => [remark.name, remark]),
  );
  return [...handed.values()].slice(0, SHOWN).map(({ name, in: place, at }) =>
    see(RULES.call, "high", at, `${WHERE[place]} hands on ${name}, which ${ACTING.get(name) ?? "acts"}`, {
      name,
      in: place,
      more: Math.max(0, handed.size - SHOWN),
    }),
  );
}

function computedCalls(remarks: readonly RemarkIn[], see: See): readonly Finding[] {
  const computed = remarks.filter(({ kind, in: place }) => kind === "computed" && place !== "forced");
  const [first] = computed;
  if (first === undefined) return [];
  const giver = first.name === "" ? "another call" : first.name.slice(0, SHOWN_NAME);
  return [see(RULES.unknownCall, "medium", first.at, `A formula or stored call calls what ${giver} gives`, { by: giver, count: computed.length })];
}

function paths(remarks: readonly RemarkIn[], see: See): readonly Finding[] {
  return remarks
    .filter(({ kind }) => kind === "package")
    .slice(0, 1)
    .map(({ name, at }) =>
      see(RULES.loaded, "high", at, `A formula or stored call loads the package ${JSON.stringify(name.slice(0, 200))}`, { name: name.slice(0, 200) }),
    );
}

function unknownCalls(calls: readonly CallFact[], remarks: readonly RemarkIn[], see: See): readonly Finding[] {
  const unknown = [
    ...calls.filter(
      ({ name, in: place }) => place !== "function" && place !== "forced" && !ACTING.has(name) && !ASSIGNS.has(name) && !isOrdinary(name),
    ),
    ...remarks.filter(({ kind, in: place }) => kind === "unknown" && place !== "forced"),
  ];
  const [first] = unknown;
  if (first === undefined) return [];
  const names = [...new Set(unknown.map(({ name }) => name.slice(0, SHOWN_NAME)))];
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return [
    see(RULES.unknownCall, "medium", first.at, `A formula or stored call names ${names.slice(0, SHOWN).join(", ")}${more}`, {
      names: names.slice(0, SHOWN),
      count: names.length,
    }),
  ];
}

/** Functions that R's own packages put into what they make are those of whoever reads the object: it has them, too. */
function functions({ functions: all, compiled: bare, nativeNames }: RdataFacts, see: See): readonly Finding[] {
  const isKnown = ({ digest }: FunctionFact) => digest !== null && nativeNames === 0 && KNOWN_FUNCTIONS.has(digest);
  const sum = (facts: readonly FunctionFact[], what: "count" | "compiled") => facts.reduce((total, fact) => total + fact[what], 0);
  const [known, foreign] = [all.filter(isKnown), all.filter((fact) => !isKnown(fact))];
  const [count, compiled] = [sum(foreign, "count"), sum(foreign, "compiled") + bare];
  const own = sum(known, "count");
  const found: Finding[] = [];
  if (own > 0) found.push(see(RULES.functions, "info", least(known), `The object holds ${own} functions of R's own packages`, { count: own }));
  if (count === 0 && compiled === 0) return found;
  const what = count === 0 ? "bytecode" : `${count} functions by value`;
  const parts = count > 0 && compiled > 0 ? `, ${compiled} parts as bytecode` : "";
  return [...found, see(RULES.functions, "medium", least(foreign), `The object holds ${what}${parts}`, { count, compiled })];
}

function least(facts: readonly FunctionFact[]): number {
  return facts.reduce((first, { at }) => Math.min(first, at), facts[0]?.at ?? 0);
}

function packages({ packages: all }: RdataFacts, see: See): readonly Finding[] {
  return all
    .filter(({ name }) => !BASE_PACKAGES.has(name))
    .slice(0, SHOWN)
    .map(({ name, at }) => {
      const plain = /^[A-Za-z][A-Za-z0-9.]*$/.test(name);
      return see(
        RULES.loaded,
        plain ? "info" : "high",
        at,
        `Reading it loads the package ${plain ? name.slice(0, SHOWN_NAME) : JSON.stringify(name.slice(0, 200))}`,
        { name: name.slice(0, 200) },
      );
    });
}

function rebuilt({ alternatives, persistent, pointers }: RdataFacts, see: See): readonly Finding[] {
  const [hook] = persistent;
  return [
    ...alternatives
      .filter(({ name }) => !PLAIN_ALTERNATIVES.has(name))
      .slice(0, SHOWN)
      .map(({ name, at }) =>
        see(RULES.rebuilt, "medium", at, `A part is rebuilt by the class ${name.slice(0, SHOWN_NAME)}`, { name: name.slice(0, 200) }),
      ),
    ...(hook === undefined
      ? []
      : [see(RULES.rebuilt, "medium", hook, "A part has to be provided by a hook of the reader", { count: persistent.length })]),
    ...(pointers === 0 ? [] : [see(RULES.rebuilt, "info", 0, `${pointers} pointers to memory, which come back as null`, { count: pointers })]),
  ];
}
