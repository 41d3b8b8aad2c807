import type { Failure } from "../api/failure.ts";

/** Where the wanted place waits while somebody signs in. */
const WANTED = "weighbridge.wanted";

let seized: string | null = null;

/** To be called before anything else: the secret leaves the address bar at once, so that it lands in no history, bookmark or screenshot. */
export function seizeSecret(): void {
  seized = secretInAddress() ?? seized;
}

/** The single-use secret of the sign-in link that was followed, once. */
export function takeSecret(): string | null {
  seizeSecret();
  const secret = seized;
  seized = null;
  return secret;
}

function secretInAddress(): string | null {
  if (location.pathname !== "/sign-in" || location.hash.length < 2) return null;
  const secret = location.hash.slice(1);
  history.replaceState(null, "", "/sign-in");
  return secret;
}

export function keepWanted(path: string): void {
  if (!path.startsWith("/sign-in")) sessionStorage.setItem(WANTED, path);
}

/** The path of this console to go on with: `/` when none was kept. */
export function wanted(): string {
  const path = sessionStorage.getItem(WANTED);
  return path !== null && /^\/(?![/\\])/.test(path) ? path : "/";
}

export function takeWanted(): string {
  const path = wanted();
  sessionStorage.removeItem(WANTED);
  return path;
}

/** Whom people know their identity provider as. */
export function providerName(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer;
}

const PROVIDER_PROBLEMS: Readonly<Record<string, readonly [detail: string, hint: string]>> = {
  WB_SIGN_IN_FLOW: ["This answer belongs to no sign-in that this browser began.", "Sign in again, in this browser."],
  WB_SIGN_IN_DECLINED: ["The identity provider did not let you in.", "Ask whoever runs it whether you may use Weighbridge."],
  WB_SIGN_IN_PROVIDER: ["The identity provider cannot be reached, or its answer is not right.", "Try again; the server's log says what was wrong."],
  WB_SIGN_IN_LIMITED: ["Too many sign-ins were tried from your address.", "Wait ten minutes, then try again."],
};

/** What the address says went wrong with the identity provider: only codes that are known here, as anybody can write an address. */
export function providerProblem(code: string | null): Failure | null {
  const [detail, hint] = PROVIDER_PROBLEMS[code ?? ""] ?? [];
  if (code === null || detail === undefined || hint === undefined) return null;
  return { kind: "problem", problem: { type: "about:blank", title: detail, status: 401, detail, instance: "", code, hint } };
}
