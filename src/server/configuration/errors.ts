import { WeighbridgeError } from "../../errors.ts";

export type ConfigurationErrorCode =
  /** The file is not there, cannot be read, is too large, or is not UTF-8. */
  | "WB_CONFIG_READ"
  /** Other users could change the file. */
  | "WB_CONFIG_FILE_MODE"
  /** The file is not YAML, or uses more of it than settings need. */
  | "WB_CONFIG_SYNTAX"
  /** There is no setting of this name, in the file or in the environment. */
  | "WB_CONFIG_UNKNOWN"
  /** A value is not of the form that its setting takes, or a setting is missing. */
  | "WB_CONFIG_INVALID"
  /** Two settings do not fit together. */
  | "WB_CONFIG_CONFLICT"
  /** Tokens and sessions would cross a network in clear text. */
  | "WB_CONFIG_INSECURE_LISTEN"
  /** A file that a setting names cannot be read. */
  | "WB_CONFIG_NAMED_FILE"
  /** A secret stands in the file, or the file that should hold it is empty or open to other users. */
  | "WB_CONFIG_SECRET";

/** One mistake. Values are never repeated here: somebody may have pasted a secret where it does not belong. */
export interface ConfigurationProblem {
  readonly code: ConfigurationErrorCode;
  /** `FILE:LINE:COLUMN`, the name of a variable, or a flag. */
  readonly where: string;
  readonly message: string;
  readonly hint: string;
}

const SHOWN = 5;

/** The configuration cannot be used, and nothing was started. Carries every mistake; its message tells of the first five. */
export class ConfigurationError extends WeighbridgeError<ConfigurationErrorCode> {
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly [ConfigurationProblem, ...ConfigurationProblem[]], cause?: unknown) {
    const [first] = problems;
    const alone = problems.length === 1;
    super(first.code, alone ? `${first.where}: ${first.message}` : listOf(problems), {
      hint: alone ? first.hint : "Correct them, then start again. docs/reference/configuration.md lists every setting.",
      cause,
    });
    this.problems = problems;
  }
}

function listOf(problems: readonly ConfigurationProblem[]): string {
  const lines = problems.slice(0, SHOWN).map(({ where, message, hint }) => `  ${where}: ${message}. ${hint}`);
  const rest = problems.length - lines.length;
  const all = [`${problems.length} mistakes in the configuration:`, ...lines, ...(rest === 0 ? [] : [`  and ${rest} more`])];
  return all.join("\n").replace(/\.$/, ""); // whoever prints an error ends its message
}
