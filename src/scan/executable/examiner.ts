import { type Examined, type Examiner, type Finding, findingOf, type SubjectInfo } from "../../finding.ts";
import type { Parsed } from "../../format.ts";
import type { ExecutableFacts } from "../../formats/executable/facts.ts";
import { type Role, roleOf } from "../extensions/index.ts";
import { EXECUTABLE_RULES } from "./rules.ts";

/** Under a name of one of these roles a program is in disguise; machine code also under the name of a document, a picture or a table. */
const DISGUISES: ReadonlySet<Role> = new Set(["model", "tokenizer", "config"]);
const MACHINE_CODE_DISGUISES: ReadonlySet<Role> = new Set([...DISGUISES, "document", "media", "data"]);

export const executableExaminer: Examiner<ExecutableFacts> = {
  id: "executable",
  version: 1,
  reads: "executable",
  rules: [EXECUTABLE_RULES.disguised, EXECUTABLE_RULES.native],
  examine({ facts }: Parsed<ExecutableFacts>, subject): Examined {
    const role = roleOf(subject.name);
    return { findings: [role !== null && MACHINE_CODE_DISGUISES.has(role) ? disguised(facts, subject) : native(facts, subject)] };
  },
};

/** A script under a name of its own is code, which its own examiner judges; here only its disguise is seen. */
export const scriptExaminer: Examiner<ExecutableFacts> = {
  id: "script",
  version: 1,
  reads: "script",
  rules: [EXECUTABLE_RULES.disguised],
  examine({ facts }, subject): Examined {
    const role = roleOf(subject.name);
    if (role !== null && DISGUISES.has(role)) return { findings: [disguised(facts, subject)] };
    return { findings: [], unexamined: [`${facts.what.slice(0, 200)}: code is not examined yet`] };
  },
};

export function disguised(facts: ExecutableFacts, { path, name }: SubjectInfo): Finding {
  return findingOf(EXECUTABLE_RULES.disguised, {
    severity: "high",
    where: { path, offset: 0 },
    title: `${name.slice(0, 100)} is a program: ${facts.what.slice(0, 100)}`,
    proof: { kind: facts.kind, what: facts.what.slice(0, 200) },
  });
}

function native(facts: ExecutableFacts, { path }: SubjectInfo): Finding {
  return findingOf(EXECUTABLE_RULES.native, {
    severity: "medium",
    where: { path, offset: 0 },
    title: `Holds native code, which is not examined: ${facts.what.slice(0, 100)}`,
    proof: { kind: facts.kind, what: facts.what.slice(0, 200), library: facts.library },
  });
}
