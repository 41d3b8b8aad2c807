import { writeSync } from "node:fs";
import { openAuditLog } from "../../src/audit/index.ts";
import { callRecord } from "../audit-records.ts";

// A process that appends to an audit log until it is killed: what audit-crash.test.ts starts. It says on stdout which records were acknowledged, line by line.
const [folder = "", name = ""] = process.argv.slice(2);
const log = await openAuditLog(folder, { segmentBytes: 30_000, syncEveryMs: 5 });
let count = 0;

async function appendForEver(): Promise<never> {
  for (;;) {
    const request = `${name}.${count++}`;
    await log.append(callRecord(request));
    writeSync(1, `${request}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, appendForEver));
