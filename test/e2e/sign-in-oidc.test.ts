import type { RequestListener } from "node:http";
import type { JWTPayload } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Browser, CLIENT_ID, CLIENT_SECRET, lyingProvider, realProvider, type Site, settingsFor, withSite } from "./sign-in-issuers.ts";
import { type Answer, type Served, served } from "./sign-in-world.ts";

beforeAll(() => {
  for (const loud of ["info", "warn"] as const) vi.spyOn(console, loud).mockImplementation(() => {}); // the provider says that it is set up for a test
});
afterAll(() => void vi.restoreAllMocks());

const CALLBACK = "/api/v1/oidc/callback";
const GROUPS = { grace: ["ml-platform", "security", "tennis"], eve: ["__proto__", "constructor"], mallory: "security", oscar: { security: true } };

interface Meeting extends Served {
  readonly site: Site;
  /** Goes to the provider; yields where it would sign in. */
  start(browser: Browser, query?: string): Promise<URL>;
  /** Comes back from it. */
  callback(browser: Browser, url: URL): Promise<Answer>;
}

/** An installation and a provider that knows it. */
function meeting(use: (meeting: Meeting) => Promise<void>, listenerOf = real): Promise<void> {
  return withSite((site) =>
    served(
      async (installation) => {
        site.listener = await listenerOf(site.origin, `${installation.origin}${CALLBACK}`);
        await use({
          ...installation,
          site,
          start: async (browser, query = "") => new URL(locationOf(await browser.get(new URL(`/api/v1/oidc/start${query}`, installation.origin)))),
          callback: (browser, url) => browser.get(url),
        });
      },
      { provider: settingsFor(site.origin) },
    ),
  );
}

const real = async (issuer: string, redirectUri: string): Promise<RequestListener> => realProvider(issuer, redirectUri, GROUPS);

function locationOf({ status, headers }: Answer): string {
  expect(status).toBe(303);
  return headers.location ?? "";
}

/** From the first click to the console. */
async function signIn({ origin, start, callback }: Meeting, browser: Browser, login: string, query = ""): Promise<Answer> {
  return callback(browser, await browser.agree(await start(browser, query), login, `${origin}${CALLBACK}`));
}

describe("somebody whom the identity provider knows", () => {
  it("is signed in with the roles that its groups give, and goes on where they came from", () =>
    meeting(async (installation) => {
      const { site, origin, ask, acts } = installation;
      const browser = new Browser();
      const back = await signIn(installation, browser, "grace", "?return=%2Fmodels%2Fheron%3Fdecision%3Dhold");
      expect(locationOf(back)).toBe("/models/heron?decision=hold");
      expect(back.headers["set-cookie"]).toEqual([
        "weighbridge_oidc=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
        expect.stringMatching(/^weighbridge_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
      ]);
      const id = `oidc:${site.origin}#grace`;
      const session = await ask("GET", "/session", { headers: { cookie: browser.cookies(origin) } });
      expect(session.json).toEqual({
        principal: { id, name: "grace Hopper", kind: "person", roles: ["viewer", "operator", "approver"], team: null },
        actions: ["read", "submit", "name", "deploy", "approve", "standing"],
        expiresAt: "2026-05-01T12:00:00.000Z",
      });
      expect(await acts()).toEqual([`session.begin done by ${id}`]);
    }));

  it("may do nothing when no group of theirs gives a role, whatever the claim is made of", () =>
    meeting(async (installation) => {
      for (const [login, roles] of [
        ["eve", []],
        ["oscar", []],
        ["nobody", []],
        ["mallory", ["approver"]],
      ] as const) {
        const browser = new Browser();
        await signIn(installation, browser, login);
        const session = await installation.ask("GET", "/session", { headers: { cookie: browser.cookies(installation.origin) } });
        expect([login, session.json]).toEqual([login, expect.objectContaining({ principal: expect.objectContaining({ roles }) })]);
      }
    }));

  it("is asked for with PKCE, state and nonce, none of which stands in the database, and no secret in an address", () =>
    meeting(async ({ parts, origin, start }) => {
      const browser = new Browser();
      const { searchParams: query, href } = await start(browser);
      expect(Object.fromEntries(query)).toEqual({
        client_id: CLIENT_ID,
        redirect_uri: `${origin}${CALLBACK}`,
        response_type: "code",
        scope: "openid profile groups",
        state: expect.stringMatching(/^[\w-]{43}$/),
        nonce: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge_method: "S256",
      });
      const [, secret = ""] = /^weighbridge_oidc=([\w-]{43})$/.exec(browser.cookies(origin)) ?? [];
      const kept = JSON.stringify(parts.state.sql.prepare("SELECT * FROM state_sign_in_flows").all());
      for (const hidden of [secret, query.get("state"), query.get("nonce"), query.get("code_challenge")]) expect(kept).not.toContain(hidden);
      for (const hidden of [secret, CLIENT_SECRET]) expect(href).not.toContain(hidden);
    }));
});

describe("an answer of the provider", () => {
  it("counts once", () =>
    meeting(async (installation) => {
      const { origin, start, callback } = installation;
      const browser = new Browser();
      const url = await browser.agree(await start(browser), "grace", `${origin}${CALLBACK}`);
      const flow = browser.cookies(origin);
      expect(locationOf(await callback(browser, url))).toBe("/");
      const again = await installation.ask("GET", url.pathname + url.search, { headers: { cookie: flow } });
      expect([locationOf(again), again.headers["set-cookie"]]).toEqual(["/sign-in?problem=WB_SIGN_IN_FLOW", undefined]);
    }));

  it("counts in the browser that began, and disturbs no other", () =>
    meeting(async ({ origin, start, callback, acts }) => {
      const [grace, victim, stranger] = [new Browser(), new Browser(), new Browser()];
      const answer = await grace.agree(await start(grace), "grace", `${origin}${CALLBACK}`);
      const victims = await victim.agree(await start(victim), "mallory", `${origin}${CALLBACK}`);
      expect(locationOf(await callback(victim, answer))).toBe("/sign-in?problem=WB_SIGN_IN_FLOW");
      expect(locationOf(await callback(stranger, answer))).toBe("/sign-in?problem=WB_SIGN_IN_FLOW");
      expect(stranger.cookies(origin)).toBe("");
      expect(locationOf(await callback(victim, victims))).toBe("/");
      expect((await acts()).filter((act) => act === "session.refused refused by nobody")).toHaveLength(2);
    }));

  it("with the code of somebody else is refused by the provider: the code was not made for this browser", () =>
    meeting(async ({ origin, start, callback, reported }) => {
      const [attacker, victim] = [new Browser(), new Browser()];
      const stolen = await attacker.agree(await start(attacker), "mallory", `${origin}${CALLBACK}`);
      const own = await victim.agree(await start(victim), "grace", `${origin}${CALLBACK}`);
      own.searchParams.set("code", stolen.searchParams.get("code") ?? "");
      expect(locationOf(await callback(victim, own))).toBe("/sign-in?problem=WB_SIGN_IN_PROVIDER");
      expect(victim.cookies(origin)).toBe("");
      expect(reported).toEqual([expect.objectContaining({ code: "WB_SIGN_IN_PROVIDER" })]);
      expect(String(reported[0])).not.toContain(CLIENT_SECRET);
    }));

  it("is late after ten minutes", () =>
    meeting(async ({ world, origin, start, callback }) => {
      const browser = new Browser();
      const url = await browser.agree(await start(browser), "grace", `${origin}${CALLBACK}`);
      world.pass(10 * 60_000);
      expect(locationOf(await callback(browser, url))).toBe("/sign-in?problem=WB_SIGN_IN_FLOW");
    }));

  it("may be a no; with a changed state, twice a state, without one, or from another issuer, it is none", () =>
    meeting(async ({ site, origin, start, callback }) => {
      const iss = encodeURIComponent(site.origin); // RFC 9207
      const cases = [
        [(state: string) => `error=access_denied&state=${state}&iss=${iss}`, "WB_SIGN_IN_DECLINED"],
        [(state: string) => `error=access_denied&state=${state.slice(0, -1)}`, "WB_SIGN_IN_FLOW"],
        [(state: string) => `code=x&state=${state}&state=${state}&iss=${iss}`, "WB_SIGN_IN_PROVIDER"],
        [() => "code=x", "WB_SIGN_IN_FLOW"],
        [() => "", "WB_SIGN_IN_FLOW"],
        [(state: string) => `state=${state}&iss=${iss}`, "WB_SIGN_IN_PROVIDER"],
        [(state: string) => `error=access_denied&state=${state}`, "WB_SIGN_IN_PROVIDER"],
        [(state: string) => `code=x&state=${state}&iss=https%3A%2F%2Fevil.example`, "WB_SIGN_IN_PROVIDER"],
      ] as const;
      for (const [query, code] of cases) {
        const browser = new Browser();
        const state = (await start(browser)).searchParams.get("state") ?? "";
        const answer = await callback(browser, new URL(`${CALLBACK}?${query(state)}`, origin));
        expect([query(state), locationOf(answer)]).toEqual([query(state), `/sign-in?problem=${code}`]);
      }
    }));
});

describe("an ID token", () => {
  const right = (issuer: string, nonce: string): JWTPayload => {
    const now = Math.floor(Date.now() / 1000);
    return { iss: issuer, sub: "grace", aud: CLIENT_ID, nonce, iat: now, exp: now + 60, groups: ["security"], name: "Grace" };
  };
  interface Lie {
    readonly change: Readonly<Record<string, unknown>>;
    readonly sign?: "own key" | "other key" | "no key";
  }
  const outcome = async ({ change, sign = "own key" }: Lie) => {
    let nonce = "";
    let where = "";
    let name: unknown;
    const issuerOf = (issuer: string) =>
      lyingProvider(issuer, { sign, claims: () => JSON.parse(JSON.stringify({ ...right(issuer, nonce), ...change })) });
    await meeting(async ({ origin, ask, start, callback }) => {
      const browser = new Browser();
      const { searchParams } = await start(browser);
      nonce = searchParams.get("nonce") ?? "";
      where = locationOf(await callback(browser, new URL(`${CALLBACK}?code=x&state=${searchParams.get("state")}`, origin)));
      const session = await ask("GET", "/session", { headers: { cookie: browser.cookies(origin) } });
      name = session.status === 200 ? (session.json as { principal: { name: string } }).principal.name : null;
    }, issuerOf);
    return [where, name];
  };

  it("that is right counts", async () => {
    expect(await outcome({ change: {} })).toEqual(["/", "Grace"]);
  });

  it.each<[string, Lie]>([
    ["of another sign-in: its nonce is not ours", { change: { nonce: "of-another-sign-in" } }],
    ["without a nonce", { change: { nonce: undefined } }],
    ["for another client", { change: { aud: "another" } }],
    ["of another issuer", { change: { iss: "https://evil.example" } }],
    ["that expired", { change: { exp: Math.floor(Date.now() / 1000) - 31 } }],
    ["with the signature of another key", { change: {}, sign: "other key" }],
    ["without a signature", { change: {}, sign: "no key" }],
    ["without a subject", { change: { sub: undefined } }],
    ["with an empty subject", { change: { sub: "" } }],
    ["with a subject that breaks lines", { change: { sub: "grace\r\nlocal:ada" } }],
  ])("%s does not", async (_, lie) => {
    expect(await outcome(lie)).toEqual(["/sign-in?problem=WB_SIGN_IN_PROVIDER", null]);
  });

  it.each([
    ["breaks lines", "Grace\r\nSet-Cookie: x=y", "Grace\\u{d}\\u{a}Set-Cookie: x=y"],
    ["is drawn backwards", "\u202eecarg", "\\u{202e}ecarg"],
    ["is not text", { first: "Grace" }, "grace"],
    ["is empty", "  ", "grace"],
    ["is without end", "g".repeat(5000), "g".repeat(200)],
  ])("whose name %s is shown as what it is", async (_, name, shown) => {
    expect(await outcome({ change: { name } })).toEqual(["/", shown]);
  });
});

it("nobody is led to another site after a sign-in", () =>
  meeting(async (installation) => {
    const paths = ["https://evil.example/", "//evil.example", "/\\evil.example", "/.//evil.example", "/\t/evil.example"];
    for (const path of paths) {
      const back = await signIn(installation, new Browser(), "grace", `?return=${encodeURIComponent(path)}`);
      expect([path, locationOf(back)]).toEqual([path, "/"]);
    }
    expect((await installation.ask("GET", `/oidc/start?return=${encodeURIComponent("/x\r\nSet-Cookie: a=b")}`)).headers["set-cookie"]).toHaveLength(
      1,
    );
  }));

describe("a provider", () => {
  it("that does not answer leads back, is told of to the log, and is asked again", () =>
    meeting(async (installation) => {
      const { site, ask, reported } = installation;
      const answers = site.listener;
      site.listener = (_, response) => response.writeHead(500).end("secret of the provider");
      const failed = await ask("GET", "/oidc/start");
      expect([locationOf(failed), failed.headers["set-cookie"]]).toEqual(["/sign-in?problem=WB_SIGN_IN_PROVIDER", undefined]);
      expect(reported).toEqual([expect.objectContaining({ code: "WB_SIGN_IN_PROVIDER", message: expect.not.stringContaining("secret") })]);
      site.listener = answers;
      expect(locationOf(await signIn(installation, new Browser(), "grace"))).toBe("/");
    }));

  it("that says it is another issuer is not asked", () =>
    meeting(
      async ({ ask }) => expect(locationOf(await ask("GET", "/oidc/start"))).toBe("/sign-in?problem=WB_SIGN_IN_PROVIDER"),
      () => lyingProvider("https://evil.example", { claims: () => ({}) }),
    ));

  it("is not flooded from one address", () =>
    meeting(async ({ ask, parts }) => {
      for (let tries = 0; tries < 20; tries += 1) expect(locationOf(await ask("GET", "/oidc/start"))).toMatch(/\/auth\?/);
      expect(locationOf(await ask("GET", "/oidc/start"))).toBe("/sign-in?problem=WB_SIGN_IN_LIMITED");
      expect(parts.state.sql.prepare("SELECT count(*) AS n FROM state_sign_in_flows").get()).toEqual({ n: 20 });
    }));

  it("that nobody configured is nowhere", () =>
    served(async ({ ask }) => {
      const answers = [await ask("GET", "/oidc/start"), await ask("GET", "/oidc/callback?code=x&state=y")];
      expect(answers.map(({ status, json }) => [status, json])).toEqual(
        Array(2).fill([404, expect.objectContaining({ code: "WB_SIGN_IN_NO_PROVIDER" })]),
      );
    }));
});
