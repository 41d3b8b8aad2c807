import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { byCodePoint } from "../src/path-encoding.ts";

/** What other scanners answered, recorded by scripts/run-peers.py. */
interface Peers {
  readonly recorded: string;
  readonly peers: readonly { readonly name: string; readonly version: string; readonly notes: string }[];
  /** By technique, then in the order of `peers`: for the example that shows it, and for the honest file beside it. */
  readonly answers: Readonly<Record<string, { readonly shown: readonly PeerAnswer[]; readonly honest: readonly PeerAnswer[] }>>;
}

type PeerAnswer = "found" | "clean" | "skipped" | "failed" | "timeout";

const read = (path: string) => readFileSync(resolve(import.meta.dirname, "..", path), "utf8");

/** docs/comparison.md: the scorecard beside what the peers answered to the same files. */
export function comparisonPage(made: string): string {
  const scorecard: Readonly<Record<string, { readonly answer: string; readonly nearMiss: string }>> = JSON.parse(read("test/scorecard.json"));
  const { recorded, peers, answers }: Peers = JSON.parse(read("test/peers.json"));
  const compared = Object.keys(scorecard)
    .filter((key) => answers[key] !== undefined)
    .sort(byCodePoint);
  const count = (kind: "shown" | "honest", peer: number, wanted: PeerAnswer) =>
    compared.filter((key) => answers[key]?.[kind][peer] === wanted).length;
  const ours = (test: (card: { readonly answer: string; readonly nearMiss: string }) => boolean) =>
    compared.filter((key) => test(scorecard[key] ?? { answer: "", nearMiss: "" })).length;
  const totals = [
    `| Weighbridge | ${ours(({ answer }) => answer !== "pass")} | 0 | 0 | ${ours(({ nearMiss }) => nearMiss !== "pass")} |`,
    ...peers.map(({ name }, i) => {
      const failed = count("shown", i, "failed") + count("shown", i, "timeout");
      return `| ${name} | ${count("shown", i, "found")} | ${count("shown", i, "skipped")} | ${failed} | ${count("honest", i, "found")} |`;
    }),
  ];
  const rows = compared.map((key) => {
    const cells = peers.map((_, i) => `${answers[key]?.shown[i] ?? ""}${answers[key]?.honest[i] === "found" ? ", false alarm" : ""}`);
    return `| ${key.replaceAll("|", "\\|")} | ${scorecard[key]?.answer} | ${cells.join(" | ")} |`;
  });
  return [
    made,
    "# Comparison",
    `What Weighbridge answers to the ${compared.length} examples of its [scorecard](../test/scorecard.json), and what other scanners answered to the same files. Ours is written by the tests at every run; theirs was recorded on ${recorded} by \`scripts/run-peers.py\`. Each technique has one example that shows it, and one honest file as alike as can be: *false alarm* says that the honest one was flagged.`,
    "Read it with care. The examples are ours: they show what we thought of, and a scanner that was built beside its own test is flattered by it. *found* is any finding of that scanner at warning level or above, whatever it is about; `review` and `block` are our two words for it. *skipped* is a file that the scanner does not look at, *failed* one that it could not read and said so. Versions move: run it again before you quote it.",
    `## Totals\n\n| scanner | found | skipped | failed | false alarms |\n|---|---|---|---|---|\n${totals.join("\n")}`,
    `## How they were run\n\n${peers.map(({ name, version, notes }) => `- **${name}** ${version}: ${notes}`).join("\n")}`,
    `## Technique by technique\n\n| technique | Weighbridge | ${peers.map(({ name }) => name).join(" | ")} |\n|---|---|${peers.map(() => "---|").join("")}\n${rows.join("\n")}`,
    "",
  ].join("\n\n");
}
