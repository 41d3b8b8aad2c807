import { type Examined, type Examiner, findingOf, type Rule } from "../../finding.ts";
import type { TableFacts } from "../../formats/table/format.ts";
import { INERT_RULES } from "../inert/rules.ts";
import { invisible } from "../text/invisible.ts";

export const TABLE_RULES = {
  formula: {
    id: "table-formula",
    summary: "a cell that a spreadsheet takes for a formula which starts a program or fetches an address",
    gain: "Nothing for a loader of models or data sets. A person who opens the table in a spreadsheet and allows links sends cells to an address, or starts a program.",
    check: "Look at the cell given in a text editor.",
    references: ["https://owasp.org/www-community/attacks/CSV_Injection"],
  },
} as const satisfies Record<string, Rule>;

/** Values between commas or tabs are data: nothing that loads them acts on them. */
export const tableExaminer: Examiner<TableFacts> = {
  id: "table",
  version: 1,
  reads: "table",
  rules: [...Object.values(TABLE_RULES), INERT_RULES.invisible],
  examine({ facts: { text, formulas } }, { path }): Examined {
    const findings = formulas.map((formula) =>
      findingOf(TABLE_RULES.formula, {
        severity: "info",
        where: { path, offset: formula.at },
        title: `A cell is a formula: ${JSON.stringify(formula.text)}`,
        proof: { cell: formula.text },
      }),
    );
    const script = text.shebang === null ? [] : [`a script for ${text.shebang}: code is not examined yet`];
    return { findings: [...findings, ...invisible(text, path)], unexamined: script };
  },
};
