import { bytesOf } from "../../src/bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { worthSearching } from "../../src/scan/secrets/prefilter.ts";
import { redacted } from "../../src/scan/secrets/redact.ts";
import { searchTexts } from "../../src/scan/secrets/search.ts";
import { TOKEN_RULES } from "../../src/scan/secrets/token-rules.ts";
import { sampleOf, sequencesOf } from "../fixtures/token-patterns.ts";
import type { FuzzTarget, Random } from "./target.ts";

const SEQUENCES = TOKEN_RULES.flatMap(({ pattern }) => sequencesOf(pattern));
const WORDS = [
  " ",
  "\n",
  '"',
  "\\n",
  "=",
  "@",
  "-----BEGIN PRIVATE KEY-----\n",
  "-----END PRIVATE KEY-----",
  "MC4CAQAwBQYDK2VwBCIEIA",
  "/home/mlee/",
  "C:\\\\Users\\\\x\\\\",
  "m@host.edu",
  "WANDB_API_KEY=",
  "wandb login ",
  "X\x25\0\0\0",
  "\x8c\x25",
  "Proc-Type: 4,ENCRYPTED\n",
  "Abc: d\n",
];

/** Where anything is found, the first look has to say so, and nothing that is found is left by redaction. */
const target: FuzzTarget = {
  name: "secrets",
  async seeds() {
    return [Buffer.from("word ".repeat(8)), Buffer.from('{"a": "b"}'), Buffer.from(WORDS.join(""))];
  },
  mutate(seed, random) {
    const at = random.below(seed.length + 1);
    return Buffer.concat([seed.subarray(0, at), Buffer.from(piece(random), "latin1"), seed.subarray(at)]).subarray(0, 8192);
  },
  async check(bytes) {
    for (const pickled of [false, true]) {
      const texts = [{ offset: 0, size: bytes.length, pickled, configuration: true }];
      const { secrets, personal } = await searchTexts(bytesOf(bytes), texts, new Budget(DEFAULT_LIMITS));
      const found = [...secrets, ...personal];
      if (found.length > 0 && !(await worthSearching(bytesOf(bytes), texts, new Budget(DEFAULT_LIMITS))))
        throw new Error("passed over by the first look");
      for (const { at } of found) if (at < 0 || at >= bytes.length) throw new Error(`found at ${at} of ${bytes.length}`);
      for (const { kind, at, text, pair } of secrets)
        if (kind === "token" && pair !== true && Buffer.from(bytes).toString("latin1", at, at + text.length) !== text)
          throw new Error("not what stands there");
      const report = { title: Buffer.from(bytes).toString("latin1"), list: [secrets.map(({ text }) => text).join(" ")] };
      const clean = JSON.stringify(
        redacted(
          report,
          secrets.map(({ text }) => text),
        ).list,
      );
      for (const { text } of secrets) if (clean.includes(text)) throw new Error("a secret was left");
    }
  },
};
export default target;

function piece(random: Random): string {
  if (random.below(3) === 0) return random.pick(WORDS);
  const sample = sampleOf(random.pick(SEQUENCES), random.below);
  return random.below(2) === 0 ? sample : ` ${sample} `;
}
