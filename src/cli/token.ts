import type { DataClass, Role, Scope } from "../access/principal.ts";
import type { TokenFacts } from "../access/token.ts";
import { UsageError } from "../errors.ts";
import { forTerminal } from "../escape.ts";
import type { ExitCode } from "./exit.ts";
import type { DataOption } from "./installation.ts";
import { jsonLine } from "./json-line.ts";
import { localPerson, noted, withTokens } from "./local-access.ts";

export interface TokenCreateOptions extends DataOption {
  readonly name: string;
  readonly scope: Scope[];
  readonly role?: Role[];
  readonly team?: string;
  readonly deployment?: string[];
  readonly dataClass: DataClass;
  readonly requestsPerMinute?: number;
  readonly tokensPerDay?: number;
  readonly days: number;
  readonly json?: boolean;
}

/** An id, or a secret, which begins with it: who finds a secret that leaked has no more than that. The secret itself is written nowhere. */
const ID = /^(?:wbt_)?([a-z2-7]{12})(?:_[A-Za-z0-9_-]*)?$/;

/** Makes a token and prints its secret, which is told this once. */
export function tokenCreate(options: TokenCreateOptions): Promise<ExitCode> {
  const { name, scope, role, team, deployment, dataClass, requestsPerMinute, tokensPerDay, days } = options;
  if (scope.includes("api") && (role ?? []).length === 0)
    throw new UsageError("a token for the API without a role could do nothing", "Add --role viewer, operator, approver or admin.");
  if (!scope.includes("api") && role !== undefined)
    throw new UsageError("a role counts for the API alone, and this token is not for it", "Add --scope api.");
  return withTokens(options, ({ tokens, state }) => {
    const { token, secret } = noted(state, "token.create", () => {
      const done = tokens.create(
        { name, scopes: scope, roles: role ?? [], team, deployments: deployment, dataClass, requestsPerMinute, tokensPerDay, days },
        localPerson(),
      );
      return { subject: done.token.id, done };
    });
    if (options.json === true) process.stdout.write(jsonLine({ schema: "weighbridge.token/1", ...token, secret }));
    else {
      process.stdout.write(`${secret}\n`);
      process.stderr.write(
        `Token ${token.id} ends on ${token.expiresAt.slice(0, 10)}. It is told this once: keep it where secrets are kept.\n${howToCall(scope, dataClass)}`,
      );
    }
    return 0;
  });
}

/** What a call has to say where the token is not for the most confidential data: the refusal that it meets otherwise surprises. */
function howToCall(scopes: readonly Scope[], dataClass: DataClass): string {
  if (!scopes.includes("infer") || dataClass === "restricted") return "";
  return `Calls to the gateway say how confidential their data is, at most: x-weighbridge-data-class: ${dataClass}. Without that header they are refused.\n`;
}

/** Every token that was made, the newest first, without secrets. */
export function tokenList(options: DataOption & { readonly json?: boolean }): Promise<ExitCode> {
  return withTokens(options, ({ tokens }) => {
    const list = tokens.list();
    const now = new Date().toISOString();
    if (options.json === true) for (const token of list) process.stdout.write(jsonLine({ schema: "weighbridge.token/1", ...token }));
    else if (list.length === 0) process.stderr.write("No token was made yet. Next: npx weighbridge token create --name NAME\n");
    else process.stdout.write(`${row("ID", "STATE", "UNTIL", "FOR")}NAME\n${list.map((token) => lineOf(token, now)).join("")}`);
    return 0;
  });
}

/** Ends a token, by its id or by its secret; a gateway that runs notices within a quarter of a second. */
export function tokenRevoke(idOrSecret: string, options: DataOption): Promise<ExitCode> {
  const id = ID.exec(idOrSecret)?.[1];
  // What is neither is not repeated: it may be a secret with a typing error.
  if (id === undefined) throw new UsageError("that is no id of a token", "See weighbridge token list.");
  return withTokens(options, ({ tokens, state }) => {
    const came = noted(state, "token.revoke", () => {
      const done = tokens.revoke(id);
      if (done === "unknown") throw new UsageError(`there is no token ${id}`, "See weighbridge token list.");
      return { subject: id, done };
    });
    process.stdout.write(`${came === "already" ? "ALREADY " : ""}REVOKED  ${id}\n`);
    return 0;
  });
}

function lineOf(token: TokenFacts, now: string): string {
  const state = token.revokedAt !== null ? "revoked" : token.expiresAt <= now ? "expired" : "good";
  const uses = [...token.scopes, ...token.roles].join(", ");
  return `${row(token.id, state, token.expiresAt.slice(0, 10), uses)}${forTerminal(token.name)}\n`;
}

function row(id: string, state: string, until: string, uses: string): string {
  return `${id.padEnd(12)}  ${state.padEnd(7)}  ${until.padEnd(10)}  ${uses.padEnd(16)}  `;
}
