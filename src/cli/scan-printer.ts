import { nextLines } from "../report/next-lines.ts";
import { type Answered, answerScreen, passLine, summaryLines } from "../report/scan-screen.ts";
import { verdictOf } from "../scan/examination.ts";
import { jsonLine } from "./json-line.ts";
import { scanJson } from "./scan-json.ts";
import type { ScanOptions } from "./scan-options.ts";
import { styleFor, widthOf } from "./terminal.ts";

export interface Scanned extends Answered {
  readonly exit: 0 | 1 | 2 | 3;
  readonly elapsedMs: number;
}

/**
 * Prints each answer as it comes: an object with `--json`, nothing where a report takes stdout, else a screen. Of many paths those that pass are a
 * line each, and a summary ends them.
 */
export class ScanPrinter {
  readonly #many: boolean;
  readonly #options: ScanOptions;
  readonly #form: "json" | "screen" | "nothing";
  readonly #screen = { style: styleFor(process.stdout), width: widthOf(process.stdout) };
  /** What was printed last: a screen stands apart from the lines before it. */
  #last: "nothing" | "line" | "screen" = "nothing";

  constructor(many: boolean, options: ScanOptions) {
    this.#many = many;
    this.#options = options;
    const taken = options.sarif === "-" || options.html === "-" || options.cyclonedx === "-" || options.writeBaseline === "-";
    this.#form = taken ? "nothing" : options.json === true ? "json" : "screen";
  }

  answer(scanned: Scanned): void {
    if (this.#form === "json") process.stdout.write(jsonLine(scanJson({ ...scanned, accepted: scanned.remaining.accepted })));
    if (this.#form !== "screen" || (this.#options.quiet === true && scanned.exit === 0)) return;
    const { findings, coverage } = scanned.examination;
    if (this.#many && scanned.exit === 0 && verdictOf(findings, coverage) === "pass") this.#print("line", passLine(scanned, this.#screen.style));
    else this.#print("screen", answerScreen(scanned, this.#screen));
  }

  /** What came of all of them, and what to do next. */
  end(scanned: readonly Scanned[], failed: number): void {
    const isSilent = this.#options.quiet === true && failed === 0 && scanned.every(({ exit }) => exit === 0);
    if (this.#form !== "screen" || isSilent) return;
    const summary = this.#many ? summaryLines(scanned, failed, this.#screen) : [];
    const next = nextLines(scanned, this.#options, this.#screen);
    for (const lines of [summary, next]) if (lines.length > 0) this.#print("screen", lines.join("\n"));
    if (this.#last === "screen") process.stdout.write("\n");
  }

  #print(kind: "line" | "screen", text: string): void {
    const apart = this.#last !== "nothing" && (kind === "screen" || this.#last === "screen");
    process.stdout.write(`${apart ? "\n" : ""}${text}\n`);
    this.#last = kind;
  }
}
