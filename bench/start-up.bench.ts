import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { figure, line, timed, timedCommand } from "./measure.ts";

// What one scan of one small file costs in all, against a Node that does nothing.
const small = resolve(import.meta.dirname, "../examples/clean-heron/model.safetensors");
const empty = await timed(9, () => spawnSync(process.execPath, ["-e", "0"]));
const scan = await timedCommand(9, ["scan", "--no-cache", small]);
line("scan of one small file", scan.medianMs, "ms", "node -e 0", empty.medianMs, "< 250 ms");
figure("its peak memory", scan.peakRssMb, "MB", "< 300");
