import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { figure, line, scratch, timedCommand } from "./measure.ts";
import { writeRepository } from "./repository.ts";

// A repository of 50 files as people publish them.
const folder = join(await scratch(), "repository");
writeRepository(folder);

const none = await timedCommand(5, ["--version"]);
const all = await timedCommand(5, ["scan", "--no-cache", "--json", folder]);
line("scan of a repository of 50 files", all.medianMs, "ms", "weighbridge --version", none.medianMs, "< 1000 ms");
figure("its peak memory", all.peakRssMb, "MB", "< 300");

// The same work in one thread and in all: dense pickles, where nothing waits for a disk.
const dense = join(dirname(folder), "dense");
mkdirSync(dense);
const pickle = Buffer.concat([Buffer.from("\x80\x02]q\x00(", "latin1"), Buffer.from("K\x01K\x02".repeat(2_000_000), "latin1"), Buffer.from("e.")]);
for (let i = 0; i < 8; i++) writeFileSync(join(dense, `${i}.pkl`), pickle);
const one = await timedCommand(3, ["scan", "--no-cache", "--json", "--jobs", "1", dense]);
const many = await timedCommand(3, ["scan", "--no-cache", "--json", dense]);
line(
  "8 pickles of dense opcodes, 64 MB",
  many.medianMs,
  "ms",
  "the same with --jobs 1",
  one.medianMs,
  `towards ${(1 / availableParallelism()).toFixed(2)}`,
);
