import type { ByteSource } from "../../bytes.ts";
import type { Finding } from "../../finding.ts";
import type { FormatId } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import { personalFindings, secretFinding } from "./findings.ts";
import { searchTexts } from "./search.ts";
import type { Secret } from "./secret.ts";
import type { TextExtent } from "./where.ts";

export { redacted } from "./redact.ts";

export interface Leaked {
  readonly findings: readonly Finding[];
  /** The secrets themselves, for `redacted`. */
  readonly secrets: readonly string[];
}

/** Secrets and personal data that were left in the texts of one subject; what a vocabulary holds is nobody's. */
export async function leakedIn(format: FormatId, texts: readonly TextExtent[], source: ByteSource, path: string, budget: Budget): Promise<Leaked> {
  const { secrets, personal } = await searchTexts(source, texts, budget);
  const genuine = secrets.length === 0 ? secrets : await outsideVocabulary(format, secrets, source, budget);
  return {
    findings: [...genuine.map((secret) => secretFinding(secret, path)), ...personalFindings(personal, path)],
    secrets: genuine.map(({ text }) => text),
  };
}

async function outsideVocabulary(format: FormatId, secrets: readonly Secret[], source: ByteSource, budget: Budget): Promise<readonly Secret[]> {
  if (format !== "json" && format !== "text") return secrets;
  const { inTokenList, inVocabulary } = await import("./vocabulary.ts"); // hardly ever needed
  if (format === "json") {
    const tokens = await inVocabulary(
      source,
      secrets.map(({ at }) => at),
      budget,
    );
    return secrets.filter(({ at }) => !tokens.has(at));
  }
  const genuine: Secret[] = [];
  for (const secret of secrets) if (!(await inTokenList(source, secret.at, secret.text.length))) genuine.push(secret);
  return genuine;
}
