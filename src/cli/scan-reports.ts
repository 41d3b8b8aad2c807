import { jsonText } from "../escape.ts";
import { writeOutput } from "./output.ts";
import type { ScanOptions } from "./scan-options.ts";
import type { Scanned } from "./scan-printer.ts";
import { linesOf } from "./text-lines.ts";

/** Writes the files that were asked for. Each loads what makes it. */
export async function writeReports(scanned: readonly Scanned[], options: ScanOptions): Promise<void> {
  const inputs = scanned.map(({ source, examination, remaining }) => ({ source, examination, accepted: remaining.accepted }));
  if (options.sarif !== undefined) {
    const [{ sarifOf }, { allRules }] = await Promise.all([import("../evidence/sarif.ts"), import("../scan/all-rules.ts")]);
    const located = inputs.map((input) => ({ ...input, lineAt: linesOf(input) }));
    writeOutput(options.sarif, `${jsonText(sarifOf(located, await allRules(), process.cwd()), 2)}\n`);
  }
  if (options.cyclonedx !== undefined) {
    const [{ cycloneDxOf }, { allRules }] = await Promise.all([import("../evidence/cyclonedx.ts"), import("../scan/all-rules.ts")]);
    writeOutput(options.cyclonedx, `${jsonText(cycloneDxOf(scanned, await allRules()), 2)}\n`);
  }
  if (options.html !== undefined) writeOutput(options.html, (await import("../report/html.ts")).htmlReport(inputs));
  if (options.writeBaseline !== undefined) writeOutput(options.writeBaseline, (await import("./baseline.ts")).baselineText(scanned));
}
