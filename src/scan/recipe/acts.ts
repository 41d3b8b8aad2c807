import type { Severity } from "../../finding.ts";

/** What a command line does that a person should know before it runs. One clause each; first match wins. */
export interface Act {
  readonly is: RegExp;
  readonly what: string;
  readonly severity: Extract<Severity, "high" | "medium">;
}

const FETCH = String.raw`(?:curl|wget|fetch|aria2c|iwr|irm|invoke-webrequest|invoke-restmethod|certutil|bitsadmin)\b`;
const RUNNER = String.raw`(?:sudo\s+(?:-\S+\s+)*)?(?:\S*/)?(?:env\s+)?(?:ba|z|da|k|c)?sh\b|(?:\S*/)?(?:python[\d.]*|perl|ruby|node|php|iex|invoke-expression|xargs)\b`;

/** The source of a line is told by its own words, whichever tool runs it. Each expression is linear in the line but for bounded parts. */
export const ACTS: readonly Act[] = [
  {
    is: /\/dev\/(?:tcp|udp)\/|\b(?:nc|ncat|netcat)\b.{0,80}\s-(?:\w*e\w*|c)\b|\bsocat\b.{0,200}\bexec\b|mkfifo\b.{0,200}\bnc\b/i,
    what: "gives a shell to another machine",
    severity: "high",
  },
  { is: /-(?:e|en|enc|enco|encodedcommand)\s+[A-Za-z0-9+/=]{24,}/i, what: "runs a command that is written in base64", severity: "high" },
  {
    is: new RegExp(String.raw`base64\s+(?:-\w*[dD]\w*|--decode)\b[^|]{0,200}\|\s*(?:${RUNNER})`, "i"),
    what: "runs a program that is written in base64",
    severity: "high",
  },
  {
    is: /(?:authorized_keys|\/etc\/(?:passwd|shadow|sudoers|cron|ld\.so\.preload)|\.(?:bashrc|zshrc|profile|bash_profile)\b.{0,4}$|\bcrontab\b)/,
    what: "changes what the machine runs or whom it lets in",
    severity: "medium",
  },
  { is: new RegExp(String.raw`\b${FETCH}[^|]{0,300}\|\s*(?:${RUNNER})`, "i"), what: "fetches a program and runs it", severity: "medium" },
  { is: new RegExp(String.raw`(?:<\(|\$\(|\x60)\s*${FETCH}`, "i"), what: "runs or uses what it fetches", severity: "medium" },
  { is: /\b(?:iex|invoke-expression)\b/i, what: "runs text as a command", severity: "medium" },
  {
    is: new RegExp(String.raw`\b${FETCH}.{0,300}?(?:&&|;)\s*(?:chmod\b.{0,200}?(?:&&|;)\s*)?(?:${RUNNER}|\./)`, "i"),
    what: "fetches a program and runs it",
    severity: "medium",
  },
  { is: /\bchmod\s+(?:-\w+\s+)?(?:[0-7]*[1357][0-7]{0,2}|[ugoa]*\+\w*[xs])/, what: "makes a file a program", severity: "medium" },
  { is: /^\s*ADD\s+(?:--\S+\s+)*(?:https?|ftp|git|ssh):\/\/|^\s*ADD\s+(?:--\S+\s+)*git@/i, what: "adds a file from an address", severity: "medium" },
];

export function actIn(line: string): Act | null {
  return ACTS.find(({ is }) => is.test(line)) ?? null;
}
