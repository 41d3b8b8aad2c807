import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface SignInAddress {
  /** With the single-use secret behind `#`, where no server and no proxy sees it. */
  readonly url: string;
}

/** Says how to sign in: the link itself to a person at a terminal, else the path of a file for its owner alone. What is printed elsewhere ends up in logs. */
export function signInLine({ url }: SignInAddress, directory: string, isTerminal: boolean): string {
  if (isTerminal) return `Sign in  ${url}   (once, within 10 minutes)`;
  const file = join(directory, "sign-in-link");
  rmSync(file, { force: true }); // a file that is there keeps its mode
  writeFileSync(file, `${url}\n`, { mode: 0o600, flag: "wx" });
  return `Sign in  the link in ${file}   (once, within 10 minutes)`;
}
