import { type Finding, findingOf } from "../../finding.ts";
import type { PersonalDatum } from "./personal.ts";
import { LEAK_RULES as RULES } from "./rules.ts";
import type { Secret } from "./secret.ts";

/** Findings of personal data in one subject: what is beyond repeats them. */
const MAX_PERSONAL = 20;

/** Says that a secret is there, of which kind, where and how long: never what it is. */
export function secretFinding(secret: Secret, path: string): Finding {
  const { kind, rule, name, severity, at, text } = secret;
  return findingOf(kind === "private-key" ? RULES.privateKey : RULES.secret, {
    severity,
    where: { path, offset: at },
    title: `${name.charAt(0).toUpperCase()}${name.slice(1)} of ${text.length} characters`,
    proof: { kind: rule, at, length: text.length },
  });
}

export function personalFindings(data: readonly PersonalDatum[], path: string): readonly Finding[] {
  return data.slice(0, MAX_PERSONAL).map(({ kind, at, text }) =>
    findingOf(kind === "e-mail" ? RULES.email : RULES.homePath, {
      severity: "info",
      where: { path, offset: at },
      title: `${kind === "e-mail" ? "The e-mail address" : "The home folder"} ${JSON.stringify(text)}`,
      proof: { text },
    }),
  );
}
