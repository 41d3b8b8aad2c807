import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import Provider from "oidc-provider";
import type { IdentityProviderSettings } from "../../src/server/auth/identity-provider.ts";
import { type Answer, exchange } from "./sign-in-world.ts";

export const CLIENT_ID = "weighbridge";
export const CLIENT_SECRET = "a-secret-between-provider-and-installation";

/** An address on loopback at which something answers from the moment that `listener` is set. */
export interface Site {
  readonly origin: string;
  listener: RequestListener;
}

export async function withSite(use: (site: Site) => Promise<void>): Promise<void> {
  const site = { origin: "", listener: ((_, response) => response.writeHead(503).end()) as RequestListener };
  const server = createServer((request, response) => site.listener(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  site.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  try {
    await use(site);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

export function settingsFor(issuer: string): IdentityProviderSettings {
  return {
    issuer,
    clientId: CLIENT_ID,
    clientSecret: { reveal: () => CLIENT_SECRET },
    scopes: ["openid", "profile", "groups"],
    roles: { claim: "groups", map: { "ml-platform": ["operator", "viewer"], security: ["approver"] } },
  };
}

/** A certified implementation, in which everybody has the groups that `groups` says. */
export function realProvider(issuer: string, redirectUri: string, groups: Readonly<Record<string, unknown>>): RequestListener {
  return new Provider(issuer, {
    clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [redirectUri] }],
    claims: { openid: ["sub"], profile: ["name"], groups: ["groups"] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ["for this test alone"] },
    findAccount: (_: unknown, accountId: string) => ({
      accountId,
      claims: () => ({ sub: accountId, name: `${accountId} Hopper`, groups: groups[accountId] }),
    }),
  }).callback();
}

/** A browser that follows redirects, keeps cookies by origin, and signs in where it is asked to. Stops before `until`. */
export class Browser {
  readonly #cookies = new Map<string, Map<string, string>>();

  cookies(origin: string): string {
    return [...(this.#cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async get(
    url: URL,
    { method = "GET", form }: { readonly method?: string; readonly form?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer> {
    const type = form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
    const answer = await exchange(method, url, {
      headers: { cookie: this.cookies(url.origin), ...type },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    });
    const jar = this.#cookies.get(url.origin) ?? new Map<string, string>();
    for (const cookie of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]*)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    this.#cookies.set(url.origin, jar);
    return answer;
  }

  /** Where the provider sends the browser after `login` signed in there and agreed. */
  async agree(authorization: URL, login: string, until: string): Promise<URL> {
    let url = authorization;
    for (let steps = 0; steps < 12; steps += 1) {
      if (url.href.startsWith(until)) return url;
      const answer = await this.get(url);
      const isForm = answer.status === 200 && url.pathname.startsWith("/interaction/");
      const prompt = answer.text.includes('value="login"') ? { prompt: "login", login, password: "any" } : { prompt: "consent" };
      const { headers } = isForm ? await this.get(url, { method: "POST", form: prompt }) : answer;
      if (headers.location === undefined) throw new Error(`${url.href} answers ${answer.status}: ${answer.text.slice(0, 500)}`);
      url = new URL(headers.location, url);
    }
    throw new Error("the provider goes round in circles");
  }
}

/** A provider whose ID tokens are what `claims` makes of the right ones, and are signed as `sign` says. */
export async function lyingProvider(
  issuer: string,
  { claims, sign = "own key" }: { readonly claims: () => JWTPayload; readonly sign?: "own key" | "other key" | "no key" },
): Promise<RequestListener> {
  const [own, other] = [await generateKeyPair("RS256"), await generateKeyPair("RS256")];
  const jwk = { ...(await exportJWK(own.publicKey)), kid: "1", alg: "RS256", use: "sig" };
  const documents: Readonly<Record<string, () => unknown>> = {
    "/.well-known/openid-configuration": () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    }),
    "/jwks": () => ({ keys: [jwk] }),
    "/token": async () => ({ access_token: "x", token_type: "bearer", id_token: await idToken() }),
  };
  const idToken = async () => {
    const signed = await new SignJWT(claims())
      .setProtectedHeader({ alg: "RS256", kid: "1" })
      .sign(sign === "other key" ? other.privateKey : own.privateKey);
    if (sign !== "no key") return signed;
    return `${Buffer.from('{"alg":"none"}').toString("base64url")}.${signed.split(".")[1]}.`;
  };
  return async (request, response) => {
    const answer = await documents[new URL(request.url ?? "/", issuer).pathname]?.();
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" }).end(JSON.stringify(answer ?? {}));
  };
}
