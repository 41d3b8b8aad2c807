import { forTerminal } from "../escape.ts";
import { gapsOf, loadCases, runCases } from "../policy/cases.ts";
import { loadPolicySet } from "../policy/policy-set.ts";
import { plural } from "../report/quantities.ts";
import type { ExitCode } from "./exit.ts";
import { type DataOption, dataDirectory, policyFolder } from "./installation.ts";

/** Parses and strictly validates a folder of policies, and says what is in it. */
export async function policyCheck(given: string | undefined, options: DataOption): Promise<ExitCode> {
  const folder = given ?? (await policyFolder(dataDirectory(options)));
  const set = loadPolicySet(folder);
  for (const { id, effect, text, waivableBy } of set.policies.values())
    process.stdout.write(`${effect.padEnd(6)} ${id}  ${forTerminal(text)}${waivableBy === null ? "" : ` (may be waived by: ${waivableBy})`}\n`);
  process.stdout.write(`${set.policies.size} valid in ${forTerminal(folder)}. ${set.digest}\n`);
  return 0;
}

/** Runs the cases beside the policies. Exit 1 when one fails or a policy is not covered. */
export async function policyTest(given: string | undefined, options: DataOption): Promise<ExitCode> {
  const folder = given ?? (await policyFolder(dataDirectory(options)));
  const set = loadPolicySet(folder);
  const cases = loadCases(folder);
  const failed = runCases(set, cases).filter(({ passed }) => !passed);
  for (const { name, got } of failed)
    process.stdout.write(`failed: ${forTerminal(name)}\n  got ${got.outcome} by ${got.reasons.map((reason) => reason.policy).join(", ")}\n`);
  const gaps = failed.length === 0 ? gapsOf(set, cases) : [];
  for (const gap of gaps) process.stdout.write(`gap: ${gap}\n`);
  process.stdout.write(`${cases.length - failed.length} of ${plural(cases.length, "case")} passed, ${plural(gaps.length, "gap")}. ${set.digest}\n`);
  return failed.length === 0 && gaps.length === 0 ? 0 : 1;
}
