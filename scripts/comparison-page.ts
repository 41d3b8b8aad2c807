import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { byCodePoint } from "../src/path-encoding.ts";
import type { Answers, Scorecard } from "../test/techniques/ratchet.ts";

/** What other scanners answered, recorded by scripts/run-peers.py. */
interface Peers {
  readonly recorded: string;
  readonly peers: readonly Peer[];
  /** By technique, then in the order of `peers`: for the example that shows it, and for the honest file beside it. */
  readonly answers: Readonly<Record<string, PeerAnswers>>;
  /** Seconds for one repository, by name; ours is among them. */
  readonly times?: Readonly<Record<string, Seconds>>;
}

interface Peer {
  readonly name: string;
  readonly version: string;
  readonly notes: string;
}

interface PeerAnswers {
  readonly shown: readonly PeerAnswer[];
  readonly honest: readonly PeerAnswer[];
}

interface Seconds {
  readonly wall: number;
  readonly cpu: number;
}

/** A technique that the peers were asked too. */
interface Compared {
  readonly key: string;
  readonly ours: Answers;
  readonly theirs: PeerAnswers;
}

type PeerAnswer = "found" | "clean" | "skipped" | "failed" | "timeout";

const read = (path: string) => readFileSync(resolve(import.meta.dirname, "..", path), "utf8");

/** docs/comparison.md: the scorecard beside what the peers answered to the same files. */
export function comparisonPage(made: string): string {
  const scorecard: Scorecard = JSON.parse(read("test/scorecard.json"));
  const { recorded, peers, answers, times }: Peers = JSON.parse(read("test/peers.json"));
  const all = Object.entries(scorecard).sort(([a], [b]) => byCodePoint(a, b));
  const compared = all.flatMap(([key, ours]) => {
    const theirs = answers[key];
    return theirs === undefined ? [] : [{ key, ours, theirs }];
  });
  return [
    made,
    "# Comparison",
    `What Weighbridge answers to the ${all.length} examples of its [scorecard](../test/scorecard.json) is written by the tests at every run. Other scanners were asked for ${compared.length} of them on ${recorded}, by \`scripts/run-peers.py\`; those are compared here, and what was added since is not. Each technique has one example that shows it, and one honest file as alike as can be: *false alarm* says that the honest one was flagged.`,
    "Read it with care. The examples are ours: they show what we thought of, and a scanner that was built beside its own test is flattered by it. *found* is any finding of that scanner at warning level or above, whatever it is about; `review` and `block` are our two words for it. *skipped* is a file that the scanner does not look at, *failed* one that it could not read and said so. Versions move: run it again before you quote it.",
    totals(compared, peers),
    ...(times === undefined ? [] : [timeSection(times)]),
    `## How they were run\n\n${peers.map(({ name, version, notes }) => `- **${name}** ${version}: ${notes}`).join("\n")}`,
    techniqueByTechnique(compared, peers),
    "",
  ].join("\n\n");
}

function totals(compared: readonly Compared[], peers: readonly Peer[]): string {
  const count = (test: (each: Compared) => boolean) => compared.filter(test).length;
  const rows = [
    `| Weighbridge | ${count(({ ours }) => ours.answer !== "pass")} | 0 | 0 | ${count(({ ours }) => ours.nearMiss !== "pass")} |`,
    ...peers.map(({ name }, i) => {
      const shown = (...wanted: readonly (PeerAnswer | undefined)[]) => count(({ theirs }) => wanted.includes(theirs.shown[i]));
      return `| ${name} | ${shown("found")} | ${shown("skipped")} | ${shown("failed", "timeout")} | ${count(({ theirs }) => theirs.honest[i] === "found")} |`;
    }),
  ];
  return `## Totals\n\n| scanner | found | skipped | failed | false alarms |\n|---|---|---|---|---|\n${rows.join("\n")}`;
}

function timeSection(times: Readonly<Record<string, Seconds>>): string {
  const ours = times.Weighbridge;
  if (ours === undefined) throw new Error("test/peers.json has times without those of Weighbridge");
  const cells = (theirs: number, own: number) => `${theirs.toFixed(2)} s | ${(theirs / own).toFixed(1)} ×`;
  const rows = Object.entries(times)
    .sort(([, a], [, b]) => a.wall - b.wall)
    .map(([name, { wall, cpu }]) => `| ${name} | ${cells(wall, ours.wall)} | ${cells(cpu, ours.cpu)} |`);
  return `## Time\n\nOne repository of 50 files as \`bench/repository.ts\` writes it. Each scanner ran in a process of its own with its defaults, all on one machine: seconds from start to end, and seconds of processors (user and system), the best of five runs, each beside its ratio to Weighbridge. A scanner that skips most of the files is quick.\n\n| scanner | start to end | ratio | processors | ratio |\n|---|---|---|---|---|\n${rows.join("\n")}`;
}

function techniqueByTechnique(compared: readonly Compared[], peers: readonly Peer[]): string {
  const rows = compared.map(({ key, ours, theirs }) => {
    const cells = peers.map((_, i) => `${theirs.shown[i] ?? ""}${theirs.honest[i] === "found" ? ", false alarm" : ""}`);
    return `| ${key.replaceAll("|", "\\|")} | ${ours.answer} | ${cells.join(" | ")} |`;
  });
  return `## Technique by technique\n\n| technique | Weighbridge | ${peers.map(({ name }) => name).join(" | ")} |\n|---|---|${peers.map(() => "---|").join("")}\n${rows.join("\n")}`;
}
