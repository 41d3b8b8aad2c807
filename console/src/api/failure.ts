import type { Problem } from "./types.ts";

/** Why there is no answer. Each asks something else of whoever sees it. */
export type Failure =
  | { readonly kind: "problem"; readonly problem: Problem }
  /** Nobody is signed in, or no longer. */
  | { readonly kind: "signed-out" }
  /** No connection, or nothing listens. */
  | { readonly kind: "unreachable" }
  /** An answer, but none of this API: a proxy's page, another version. */
  | { readonly kind: "not-understood"; readonly status: number };

/** A request that was not answered as it should be. */
export class RequestFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failureText(failure).title);
    this.name = "RequestFailed";
    this.failure = failure;
  }
}

/** What happened and what to do about it. */
export function failureText(failure: Failure): { readonly title: string; readonly hint: string; readonly code: string | null } {
  switch (failure.kind) {
    case "problem":
      return { title: sentence(failure.problem.detail || failure.problem.title), hint: sentence(failure.problem.hint), code: failure.problem.code };
    case "signed-out":
      return { title: "You are signed out.", hint: "Sign in again; what is on this page stays.", code: null };
    case "unreachable":
      return { title: "The server cannot be reached.", hint: "Is it running, and is the network up? This page tries again by itself.", code: null };
    case "not-understood":
      return {
        title: `The server gave an answer (status ${failure.status}) that this console does not understand.`,
        hint: "Is a proxy in between, or was the server updated? Load the page again.",
        code: null,
      };
    default:
      return failure satisfies never;
  }
}

/** What failed, of anything that was thrown while asking. */
export function failureOf(thrown: unknown): Failure {
  return thrown instanceof RequestFailed ? thrown.failure : { kind: "not-understood", status: 0 };
}

/** Errors speak in a line behind the name of the program; here they stand alone. */
function sentence(text: string): string {
  const whole = /[.:!?]$/.test(text) || text === "" ? text : `${text}.`;
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}
