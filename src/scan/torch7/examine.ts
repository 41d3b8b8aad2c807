import { type Examined, type Examiner, type Finding, findingOf } from "../../finding.ts";
import type { Torch7Facts, Torch7Function } from "../../formats/torch7/facts.ts";
import { TORCH7_RULES as RULES } from "./rules.ts";

/** Packages of Torch7 and of the networks that are published for it, whose objects are tables of data. */
const PACKAGES: ReadonlySet<string> = new Set(
  "torch nn nngraph graph cunn cudnn cutorch cunnx nnx optim dpnn rnn inn stn fbnn fbcunn image tds autograd fb".split(" "),
);
/** Classes of theirs that write themselves in a way of their own. */
const OWN_LAYOUT = /^tds\./;
const FORMS = { lua: "Lua bytecode", luajit: "LuaJIT bytecode", source: "Lua source" } as const;

/** Tables and tensors are data; functions act when something calls them. */
export const torch7Examiner: Examiner<Torch7Facts> = {
  id: "torch7",
  version: 1,
  reads: "torch7",
  rules: Object.values(RULES),
  examine({ facts, anomalies }, { path }): Examined {
    const trailing = anomalies.map(({ at, what }) =>
      findingOf(RULES.structure, { severity: "medium", where: { path, offset: at }, title: what, proof: { at } }),
    );
    return { findings: [...functions(facts, path), ...classes(facts, path), ...trailing], parameters: facts.elements };
  },
};

function functions({ functions: all, functionCount }: Torch7Facts, path: string): readonly Finding[] {
  const [first] = all;
  if (first === undefined) return [];
  const reaching = all.filter(({ names }) => names.length > 0);
  const shown = reaching[0] ?? first;
  const names = [...new Set(reaching.flatMap((each) => each.names))].slice(0, 8);
  const what = functionCount === 1 ? `a function by value (${formOf(shown)})` : `${functionCount} functions by value, one as ${formOf(shown)}`;
  const reach = names.length === 0 ? "" : `, with the names ${names.join(", ")}`;
  return [
    findingOf(RULES.functions, {
      severity: names.length === 0 ? "medium" : "high",
      where: { path, offset: shown.at },
      title: `The object holds ${what}${reach}`,
      proof: { count: functionCount, names },
    }),
  ];
}

function formOf({ form }: Torch7Function): string {
  return FORMS[form];
}

function classes({ classes: all }: Torch7Facts, path: string): readonly Finding[] {
  const foreign = all.filter(({ name }) => !PACKAGES.has(name.split(".")[0] ?? "") || OWN_LAYOUT.test(name) || !/^\w+\.[\w.]+$/.test(name));
  const [first] = foreign;
  if (first === undefined) return [];
  const names = foreign.slice(0, 5).map(({ name }) => JSON.stringify(name.slice(0, 60)));
  return [
    findingOf(RULES.classes, {
      severity: "medium",
      where: { path, offset: first.at },
      title: `Holds objects of ${names.join(", ")}${foreign.length > names.length ? ` and ${foreign.length - names.length} more classes` : ""}`,
      proof: { classes: foreign.slice(0, 20).map(({ name }) => name) },
    }),
  ];
}
