import * as oidc from "openid-client";
import type { SignedIn } from "../../access/sessions.ts";
import type { SignInFlow } from "../../access/sign-in-flows.ts";
import { visible } from "../../escape.ts";
import { isLoopback } from "../configuration/index.ts";
import { claimedRoles, type RoleMapping } from "./claimed-roles.ts";
import { SignInError } from "./errors.ts";

export interface IdentityProviderSettings {
  /** The one issuer whose ID tokens count. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client, which PKCE alone protects. */
  readonly clientSecret: { reveal(): string } | null;
  readonly scopes: readonly string[];
  readonly roles: RoleMapping;
}

const TIMEOUT_S = 10;
/** By how much the clocks of provider and installation may differ. */
const CLOCK_TOLERANCE_S = 30;
const HOUR_MS = 60 * 60_000;
const MAX_NAME = 200;
/** OpenID Connect Core §2: at most 255 ASCII characters. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;

/** Signs people in through OpenID Connect: authorization code with PKCE, state and nonce. What the provider says of itself is read again each hour. */
export class IdentityProvider {
  readonly #settings: IdentityProviderSettings;
  readonly #now: () => Date;
  #known: { readonly atMs: number; readonly configuration: Promise<oidc.Configuration> } | null = null;

  constructor(settings: IdentityProviderSettings, now: () => Date) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Where to send the browser. Throws SignInError WB_SIGN_IN_PROVIDER. */
  async authorizationUrl({ state, nonce, verifier }: SignInFlow, redirectUri: string): Promise<URL> {
    return oidc.buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: redirectUri,
      scope: this.#settings.scopes.join(" "),
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    });
  }

  /** Who came back with this answer. Throws SignInError WB_SIGN_IN_DECLINED, WB_SIGN_IN_PROVIDER. */
  async signedIn(answer: URL, { state, nonce, verifier }: SignInFlow): Promise<SignedIn> {
    const configuration = await this.#configuration();
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    const tokens = await oidc.authorizationCodeGrant(configuration, answer, checks).catch(refuse);
    const claims = tokens.claims();
    if (claims === undefined || !isIssuer(claims.iss, this.#settings.issuer) || !SUBJECT.test(claims.sub))
      throw providerError("its ID token names another issuer, or no subject");
    return { id: `oidc:${claims.iss}#${claims.sub}`, name: nameIn(claims), claimed: claimedRoles(claims, this.#settings.roles) };
  }

  #configuration(): Promise<oidc.Configuration> {
    const nowMs = this.#now().getTime();
    if (this.#known === null || Math.abs(nowMs - this.#known.atMs) >= HOUR_MS) {
      const configuration = discover(this.#settings).catch(refuse);
      const known = { atMs: nowMs, configuration };
      configuration.catch(() => {
        if (this.#known === known) this.#known = null; // a provider that was away is asked again at the next sign-in
      });
      this.#known = known;
    }
    return this.#known.configuration;
  }
}

function discover({ issuer, clientId, clientSecret }: IdentityProviderSettings): Promise<oidc.Configuration> {
  const server = new URL(issuer);
  const isPlain = server.protocol === "http:" && isLoopback(server.hostname.replace(/^\[(.*)\]$/, "$1"));
  return oidc.discovery(server, clientId, { [oidc.clockTolerance]: CLOCK_TOLERANCE_S }, clientAuthentication(clientSecret), {
    timeout: TIMEOUT_S,
    // the signature of an ID token is checked although it comes from the provider itself: TLS may end somewhere else
    execute: [oidc.enableNonRepudiationChecks, ...(isPlain ? [oidc.allowInsecureRequests] : [])],
  });
}

/** As the provider wants it; `client_secret_basic` is what it wants when it does not say (OpenID Connect Discovery §3). */
function clientAuthentication(secret: IdentityProviderSettings["clientSecret"]): oidc.ClientAuth {
  if (secret === null) return oidc.None();
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    const by = methods.includes("client_secret_basic") ? oidc.ClientSecretBasic : oidc.ClientSecretPost;
    by(secret.reveal())(server, ...rest);
  };
}

/** For people to read: the provider lets many choose it themselves, so it may hold anything. */
function nameIn({ name, preferred_username, email, sub }: oidc.IDToken): string {
  const chosen = [name, preferred_username, email].find((text) => typeof text === "string" && text.trim() !== "");
  return visible(String(chosen ?? sub).trim()).slice(0, MAX_NAME);
}

function isIssuer(claimed: string, configured: string): boolean {
  return URL.canParse(claimed) && new URL(claimed).href === new URL(configured).href;
}

/** The errors of the client may hold what the provider answered, codes and tokens too: of them, there is only the code. */
function refuse(error: unknown): never {
  if (error instanceof oidc.AuthorizationResponseError)
    throw new SignInError("WB_SIGN_IN_DECLINED", "the identity provider did not sign you in", { hint: "Try again, or ask whoever manages it." });
  throw providerError(codeOf(error));
}

function providerError(why: string): SignInError {
  return new SignInError("WB_SIGN_IN_PROVIDER", `the identity provider cannot be asked, or its answer does not count (${why})`, {
    hint: "Check oidc.issuer, the client and its redirect URI; weighbridge doctor says whether the provider answers.",
  });
}

function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) if ("code" in at && typeof at.code === "string") return at.code;
  return error instanceof Error ? error.name : "unknown error";
}
