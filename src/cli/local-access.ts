import type { Principal } from "../access/principal.ts";
import { DATA_CLASSES, ROLES, SCOPES } from "../access/principal.ts";
import { Tokens } from "../access/tokens.ts";
import type { ActRecord } from "../audit/record.ts";
import { SYSTEM } from "../registry/index.ts";
import { openState, type State } from "../state/database.ts";
import { inTransaction } from "../state/transaction.ts";
import { type DataOption, dataDirectory, expectInstallation, localPrincipal } from "./installation.ts";

/** Whoever may write the data directory holds its keys: on the command line they are an administrator. */
export function localPerson(): Principal {
  const id = localPrincipal();
  return {
    id,
    name: id.slice("local:".length),
    kind: "person",
    roles: ROLES,
    scopes: SCOPES,
    team: null,
    deployments: null,
    dataClass: DATA_CLASSES[DATA_CLASSES.length - 1] ?? "restricted",
    limits: { requestsPerMinute: null, tokensPerDay: null },
  };
}

/** Opens tokens and state of an installation that is there, uses them, and closes them again. Throws UsageError. */
export async function withTokens<T>(options: DataOption, use: (at: { readonly tokens: Tokens; readonly state: State }) => T): Promise<T> {
  expectInstallation(options);
  const state = openState(dataDirectory(options));
  try {
    return use({ tokens: new Tokens(state, SYSTEM), state });
  } finally {
    state.close();
  }
}

/** Does something and notes it for the audit log in one transaction: neither is there without the other. The server that runs, or starts next, takes it over. */
export function noted<T>(state: State, act: string, doIt: () => { readonly subject: string; readonly done: T }): T {
  return inTransaction(state.sql, () => {
    const { subject, done } = doIt();
    const record: ActRecord = {
      kind: "act",
      at: SYSTEM.now().toISOString(),
      request: null,
      principal: localPerson().id,
      act,
      subject,
      outcome: "done",
      code: null,
    };
    state.sql.prepare("INSERT INTO state_acts (record) VALUES (?)").run(JSON.stringify(record));
    return done;
  });
}
