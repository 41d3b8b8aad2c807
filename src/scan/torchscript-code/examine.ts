import { bySeverity, type Examiner, type Finding, findingOf, type Rule, type Severity, type SubjectInfo } from "../../finding.ts";
import type { CodeUse, TorchScriptCodeFacts } from "../../formats/torchscript-code/facts.ts";
import { BASES, DUNDERS, ENVIRONMENT, FILE_OPERATORS, OPERATOR_LIBRARIES, TORCH_PATHS } from "./lists.ts";

const SERIALIZATION = "https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/docs/serialization.md";

const FOREIGN_CODE: Rule = {
  id: "torchscript-foreign-code",
  summary: "Code in a TorchScript archive is not what PyTorch's serialiser writes.",
  gain: "PyTorch's own loader compiles this text and refuses Python beyond its subset, in every version, but a tool that imports, converts or executes the files of code/ as Python runs it.",
  check: "Read the line in the member under code/: real archives hold only functions and classes that call torch.* and ops.* operators.",
  references: [SERIALIZATION],
};

const FILE_ACCESS: Rule = {
  id: "torchscript-file-access",
  summary: "Code in a TorchScript archive reads or writes files, or calls back into Python.",
  gain: "Running the model reads a file of the machine into a tensor, or overwrites one, with the rights of the process: in torch.jit.load and libtorch, in every version that has the operator.",
  check: "Look at which file name the operator is given. A model computes on its inputs and needs no file.",
  references: ["https://github.com/pytorch/pytorch/security/policy", SERIALIZATION],
};

const CUSTOM_OPERATOR: Rule = {
  id: "torchscript-custom-operator",
  summary: "Code in a TorchScript archive calls operators of a library that does not come with PyTorch.",
  gain: "torch.jit.load, in every version, takes the model only with that library's native code in the process, and the author of the model decides what it is called with.",
  check: "Find out which package registers the operator, and whether you trust and need it.",
  references: [SERIALIZATION],
};

const UNREADABLE: Rule = {
  id: "torchscript-unreadable",
  summary: "Code in a TorchScript archive holds characters that are no part of Python.",
  gain: "What cannot be read as code was not judged; torch.jit.load refuses it, and another tool may read it differently.",
  check: "Open the member under code/ in an editor that shows control characters.",
  references: [SERIALIZATION],
};

interface Judgement {
  readonly rule: Rule;
  readonly severity: Severity;
  /** A clause that follows "The TorchScript code ". */
  readonly does: string;
}

/** Judges the code of a TorchScript archive by an allow-list of the subset that its serialiser writes. */
export const torchscriptCodeExaminer: Examiner<TorchScriptCodeFacts> = {
  id: "torchscript-code",
  version: 1,
  reads: "torchscript-code",
  rules: [FOREIGN_CODE, FILE_ACCESS, CUSTOM_OPERATOR, UNREADABLE],
  examine({ facts, anomalies }, subject) {
    const findings = linesOf(facts.uses, subject);
    const [first] = anomalies;
    if (first !== undefined) {
      findings.push(
        findingOf(UNREADABLE, {
          severity: "medium",
          where: { path: subject.path, offset: first.at },
          title: `The TorchScript code cannot be read: ${first.what}`,
          proof: anomalies.slice(0, 10).map(({ at, what }) => ({ at, what })),
        }),
      );
    }
    return { findings, ...(facts.left > 0 ? { unexamined: [`${facts.left} uses of names beyond the first ${facts.uses.length}`] } : {}) };
  },
};

/** One finding for each rule and line. */
function linesOf(uses: readonly CodeUse[], subject: SubjectInfo): Finding[] {
  const groups = new Map<string, { readonly use: CodeUse; readonly judgement: Judgement }[]>();
  for (const use of uses) {
    const judgement = judge(use);
    if (judgement === null) continue;
    const key = `${judgement.rule.id} ${use.line}`;
    groups.set(key, [...(groups.get(key) ?? []), { use, judgement }]);
  }
  return [...groups.values()].flatMap((group) => {
    const [worst] = group.toSorted((a, b) => bySeverity(a.judgement.severity, b.judgement.severity) || a.use.at - b.use.at);
    if (worst === undefined) return [];
    const { use, judgement } = worst;
    const does = [...new Set(group.map((each) => each.judgement.does))].slice(0, 8);
    return findingOf(judgement.rule, {
      severity: judgement.severity,
      where: { path: subject.path, offset: use.at },
      title: `The TorchScript code ${judgement.does}`,
      detail: `Line ${use.line}: ${use.near}`,
      proof: { line: use.line, source: use.near, does },
    });
  });
}

function judge(use: CodeUse): Judgement | null {
  switch (use.kind) {
    case "import":
      return /^__torch__(?:\.\w+)*$/.test(use.module) ? null : foreign(`imports ${use.module || "something"}`);
    case "syntax":
      return foreign(`uses ${use.what}, which the serialiser never writes`);
    case "loose-statement":
      return foreign("holds a statement outside of every function");
    case "free-name":
      return ENVIRONMENT.has(use.name) ? null : foreign(`uses the name ${use.name}, which is neither its own nor TorchScript's`);
    case "dunder":
      return DUNDERS.has(use.name) ? null : foreign(`uses ${use.name}`);
    case "getattr":
      return foreign("calls getattr in a form that the serialiser does not write");
    case "base":
      return BASES.has(use.name) ? null : foreign(`derives a class from ${use.name}`);
    case "torch":
      return judgeTorch(use.path);
    case "ops":
      return judgeOperator(use.path);
  }
}

function judgeTorch(path: string): Judgement | null {
  if (FILE_OPERATORS.has(`torch.${path}`)) return fileAccess(`torch.${path}`);
  // an operator is one name; what stands behind its result is behind a bracket
  return !path.includes(".") || TORCH_PATHS.has(path) ? null : foreign(`reaches torch.${path}, which is no operator`);
}

function judgeOperator(path: string): Judgement | null {
  if (FILE_OPERATORS.has(`ops.${path}`)) return fileAccess(`ops.${path}`);
  const [library = ""] = path.split(".");
  if (path.split(".").length !== 2) return foreign(`reaches ops.${path}, which is no operator`);
  return OPERATOR_LIBRARIES.has(library)
    ? null
    : { rule: CUSTOM_OPERATOR, severity: "medium", does: `calls ops.${path}, an operator of a library that is not PyTorch's` };
}

function foreign(does: string): Judgement {
  return { rule: FOREIGN_CODE, severity: "high", does };
}

function fileAccess(name: string): Judgement {
  return { rule: FILE_ACCESS, severity: "high", does: `calls ${name}` };
}
