import { deflateSync, gzipSync } from "node:zlib";
import { bytesOf } from "../../src/bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { encodedPrograms } from "../../src/scan/encoded/index.ts";
import { encodedPlaces } from "../../src/scan/encoded/places.ts";
import type { FuzzTarget, Random } from "./target.ts";

const PICKLE = Buffer.from("\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.", "latin1");
const OLD = Buffer.from("cos\nsystem\n(S'true'\ntR.");
const ELF = Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(57)]);
const PAYLOADS = [PICKLE, OLD, ELF, deflateSync(PICKLE), gzipSync(deflateSync(OLD)), gzipSync(Buffer.alloc(100_000))];
const AROUND = ['{"state":"', '"}', "state=", "\n", " ", "\\n", "\\/", "id,", ":", "x".repeat(30), "=", "é"];

/** A payload with some bytes changed, in letters, somewhere between words. */
function written(random: Random): Buffer {
  const payload = Buffer.from(random.pick(PAYLOADS));
  for (let n = random.below(4); n > 0; n--) payload[random.below(payload.length)] = random.below(256);
  const letters = payload.toString(random.pick(["base64", "base64url", "hex"]));
  const cut = random.below(letters.length + 1);
  const words = Array.from({ length: 1 + random.below(4) }, () => random.pick(AROUND));
  return Buffer.from(
    words.join("") + letters.slice(0, cut) + (random.below(3) === 0 ? random.pick(AROUND) : "") + letters.slice(cut) + random.pick(AROUND),
  );
}

/** Texts of any kind: an answer within the budget, at places inside the text. */
const target: FuzzTarget = {
  name: "encoded",
  async seeds() {
    return PAYLOADS.map((payload) => Buffer.from(`{"state":"${payload.toString("base64")}"}`));
  },
  mutate(seed, random) {
    const at = random.below(seed.length + 1);
    return Buffer.concat([seed.subarray(0, at), written(random), seed.subarray(at)]).subarray(0, 20_000);
  },
  async check(bytes) {
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 5_000_000, maxInflatedBytes: 64 * 1024 * 1024 });
    const source = bytesOf(bytes);
    const text = { source, offset: 0, size: bytes.length };
    for (const { where, title } of (await encodedPrograms(text, encodedPlaces(text, budget), "x", budget)).findings) {
      if (where.offset === undefined || where.offset < 0 || where.offset >= bytes.length) throw new Error(`a finding at ${where.offset}`);
      if (title.length > 1200) throw new Error(`a title of ${title.length} characters`);
    }
  },
};

export default target;
