import { writeSync } from "node:fs";
import { openLog, parseSignerKey } from "../../src/log/index.ts";
import { type AppenderArguments, words } from "./log-words.ts";

// A process that appends to a log until it is killed: what log-crash.test.ts starts. It says on stdout what was acknowledged, line by line.
const { batches, name, killBefore, skey, ...rest } = JSON.parse(process.argv[2] ?? "") as AppenderArguments;
let steps = 0;
const log = openLog({
  ...rest,
  signer: parseSignerKey(skey),
  projector: words,
  observe: () => {
    if (steps++ === killBefore) process.kill(process.pid, "SIGKILL");
  },
});
let count = 0;
for (let round = 0; round < (killBefore === undefined ? Number.POSITIVE_INFINITY : batches.length); round++) {
  const texts = Array.from({ length: batches[round % batches.length] ?? 1 }, () => `${name} ${count++}`);
  const appended = log.append(texts.map((text) => Buffer.from(text)));
  writeSync(1, appended.map(({ index }, at) => `${index} ${texts[at]}\n`).join(""));
  if (round % 3 === 2) log.publish();
}
log.close();
writeSync(1, "closed\n");
