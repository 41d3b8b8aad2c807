import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bareHash, bareParallelHash } from "./bare-hash.ts";
import { figure, line, scratch, timed, timedCommand } from "./measure.ts";
import { writeSafetensors, writeShards } from "./models.ts";

// Admission of a 2 GB file and of a model in 20 files, against hashing the same bytes and nothing else. Warm cache; each admission is a process of its own.
const folder = await scratch();
const one = join(folder, "one");
mkdirSync(one);
writeSafetensors(join(one, "model.safetensors"), 2e9);
const shards = join(folder, "shards");
writeShards(shards, 20, 100e6);
const admit = (model: string, data: string) => timedCommand(5, ["admit", model, "--data", join(folder, data)]);

const bare = await timed(5, () => bareHash(join(one, "model.safetensors")));
const large = await admit(one, "data-one");
line("admission of one file of 2 GB", large.medianMs, "ms", "bare hash of it in one thread", bare.medianMs, "≤ 1.15");
figure("its peak memory", large.peakRssMb, "MB", "< 300");

const paths = readdirSync(shards).map((name) => join(shards, name));
const bareShards = await timed(5, () => bareParallelHash(paths));
const sharded = await admit(shards, "data-shards");
line("admission of 20 files of 100 MB", sharded.medianMs, "ms", "bare parallel hash of them", bareShards.medianMs, "≤ 1.15");
figure("its peak memory", sharded.peakRssMb, "MB", "< 300");
