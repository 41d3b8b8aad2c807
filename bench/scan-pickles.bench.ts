import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesOf } from "../src/bytes.ts";
import { DEFAULT_LIMITS } from "../src/limits.ts";
import { walkFile } from "../src/scan/walk.ts";
import { figure, line, scratch, timed, timedCommand } from "./measure.ts";

// 200 small pickles that call something: each in process, and all through the command line with its start-up.
const COUNT = 200;
const folder = await scratch();
mkdirSync(join(folder, "pickles"));
const pickles = Array.from({ length: COUNT }, (_, i) =>
  Buffer.from(`\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01X\x04\x00\x00\x00key${i % 10}q\x02K\x01s.`, "latin1"),
);
const paths = pickles.map((_, i) => join(folder, "pickles", `${i}.pkl`));
for (const [i, pickle] of pickles.entries()) writeFileSync(paths[i] ?? "", pickle);

const inProcess = await timed(5, async () => {
  for (const pickle of pickles) await walkFile("x.pkl", bytesOf(pickle), DEFAULT_LIMITS, () => {});
});
figure("one small pickle", inProcess.medianMs / COUNT, "ms", "< 1");
const none = await timedCommand(5, ["--version"]);
const all = await timedCommand(5, ["scan", "--no-cache", "--json", ...paths]);
line(`scan of ${COUNT} small pickles with start-up`, all.medianMs, "ms", "weighbridge --version", none.medianMs, "< 500 ms");
