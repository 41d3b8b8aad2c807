import { describe, expect, it } from "vitest";
import { type Answer, cookieOf, rawStatus, served } from "./sign-in-world.ts";

const MINUTE = 60_000;

const codes = (answers: readonly Answer[]) => answers.map(({ status, json }) => [status, (json as { code?: string } | undefined)?.code]);

describe("a sign-in link", () => {
  it("signs in whoever works on this machine, with every role", () =>
    served(async ({ parts, origin, ask, fromConsole, acts }) => {
      const signedIn = await fromConsole("POST", "/sign-in", "", { link: parts.links.make().secret });
      expect([signedIn.status, signedIn.text]).toEqual([204, ""]);
      expect(signedIn.headers["set-cookie"]).toEqual([expect.stringMatching(/^weighbridge_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)]);
      const session = await ask("GET", "/session", { headers: { cookie: cookieOf(signedIn) } });
      expect([session.status, session.json]).toEqual([
        200,
        {
          principal: { id: "local:ada", name: "ada", kind: "person", roles: ["viewer", "operator", "approver", "admin"], team: null },
          actions: ["read", "submit", "name", "deploy", "approve", "standing", "administer"],
          expiresAt: "2026-05-01T12:00:00.000Z",
        },
      ]);
      expect(await acts()).toEqual(["session.begin done by local:ada"]);
      expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    }));

  it("signs in once, even when ten browsers come at the same moment", () =>
    served(async ({ parts, fromConsole, acts }) => {
      const { secret } = parts.links.make();
      const answers = await Promise.all(Array.from({ length: 10 }, () => fromConsole("POST", "/sign-in", "", { link: secret })));
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect(codes(answers.filter(({ status }) => status !== 204))).toEqual(Array(9).fill([401, "WB_SIGN_IN_LINK"]));
      expect(answers.filter(({ headers }) => headers["set-cookie"] !== undefined)).toHaveLength(1);
      expect((await acts()).filter((act) => act === "session.refused refused by nobody")).toHaveLength(9);
    }));

  it("is over after ten minutes", () =>
    served(async ({ parts, world, fromConsole }) => {
      const { secret } = parts.links.make();
      world.pass(10 * MINUTE);
      expect(codes([await fromConsole("POST", "/sign-in", "", { link: secret })])).toEqual([[401, "WB_SIGN_IN_LINK"]]);
    }));

  it("cannot be guessed for long: after twenty tries an address waits, and a right link does not count as one", () =>
    served(async ({ parts, fromConsole, signIn, acts }) => {
      const guess = () => fromConsole("POST", "/sign-in", "", { link: "x".repeat(43) });
      for (let tries = 0; tries < 19; tries += 1) expect((await guess()).status).toBe(401);
      await signIn();
      for (let tries = 0; tries < 20; tries += 1) expect((await guess()).status).toBe(401);
      const right = parts.links.make().secret;
      const late = await fromConsole("POST", "/sign-in", "", { link: right });
      expect(codes([late])).toEqual([[429, "WB_SIGN_IN_LIMITED"]]);
      expect(Number(late.headers["retry-after"])).toBeGreaterThan(500);
      expect(parts.links.redeem(right)).toBe(true); // it was not even looked at
      expect(await acts()).toHaveLength(40);
    }));

  it("is not repeated in what is answered", () =>
    served(async ({ fromConsole }) => {
      const { text } = await fromConsole("POST", "/sign-in", "", { link: "secret-looking-text" });
      expect(text).not.toContain("secret-looking-text");
    }));
});

describe("a session", () => {
  it("has another secret after each sign-in: one that was planted beforehand signs nobody in, and ends", () =>
    served(async ({ parts, ask, fromConsole, signIn }) => {
      const planted = "weighbridge_session=planted-by-somebody-else-planted-by-somebody-e";
      const own = cookieOf(await fromConsole("POST", "/sign-in", planted, { link: parts.links.make().secret }));
      expect(own).not.toBe(planted);
      expect((await ask("GET", "/session", { headers: { cookie: planted } })).status).toBe(401);

      const attacker = await signIn();
      const victim = cookieOf(await fromConsole("POST", "/sign-in", attacker, { link: parts.links.make().secret }));
      const asked = await Promise.all([attacker, victim].map((cookie) => ask("GET", "/session", { headers: { cookie } })));
      expect(asked.map(({ status }) => status)).toEqual([401, 200]);
    }));

  it("is nobody's when two cookies claim to be it", () =>
    served(async ({ ask, signIn }) => {
      const [one, other] = [await signIn(), await signIn()];
      const both = await ask("GET", "/session", { headers: { cookie: `${one}; ${other}` } });
      expect(codes([both])).toEqual([[401, "WB_SIGN_IN_NEEDED"]]);
      expect((await ask("GET", "/session", { headers: { cookie: `theme=dark; ${one}` } })).status).toBe(200);
    }));

  it("ends by signing out, and the cookie with it", () =>
    served(async ({ ask, fromConsole, signIn, acts }) => {
      const cookie = await signIn();
      const out = await fromConsole("POST", "/sign-out", cookie, {});
      expect([out.status, out.headers["set-cookie"]]).toEqual([204, ["weighbridge_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict"]]);
      expect((await ask("GET", "/session", { headers: { cookie } })).status).toBe(401);
      expect((await fromConsole("POST", "/sign-out", cookie)).status).toBe(204);
      expect(await acts()).toEqual(["session.begin done by local:ada", "session.end done by local:ada"]);
    }));

  it("ends when nobody uses it, and after half a day in any case", () =>
    served(async ({ world, ask, signIn }) => {
      const idle = await signIn();
      world.pass(60 * MINUTE);
      expect((await ask("GET", "/session", { headers: { cookie: idle } })).status).toBe(401);
      const used = await signIn();
      for (let passed = 25; passed < 720; passed += 25) {
        world.pass(25 * MINUTE);
        expect((await ask("GET", "/session", { headers: { cookie: used } })).status).toBe(200);
      }
      world.pass(25 * MINUTE);
      expect((await ask("GET", "/session", { headers: { cookie: used } })).status).toBe(401);
    }));

  it("of a cut, changed or empty secret is nobody's", () =>
    served(async ({ ask, signIn }) => {
      const cookie = await signIn();
      const forged = [cookie.slice(0, -1), `${cookie}a`, cookie.replace(/=./, "="), "weighbridge_session=", cookie.replace("_session", "_oidc")];
      const answers = await Promise.all(forged.map((text) => ask("GET", "/session", { headers: { cookie: text } })));
      expect(codes(answers)).toEqual(forged.map(() => [401, "WB_SIGN_IN_NEEDED"]));
      expect(answers.map(({ headers }) => headers["www-authenticate"])).toEqual(forged.map(() => 'Bearer realm="weighbridge"'));
    }));
});

describe("a page of another site", () => {
  const foreign = (origin: string) => ({
    "another origin": { origin: "https://evil.example" },
    "another port of this machine, which is the same site": { origin: "http://127.0.0.1:1" },
    "another name of this machine": { origin: origin.replace("127.0.0.1", "localhost") },
    "the same name over TLS": { origin: origin.replace("http:", "https:") },
    "a sandbox without an origin": { origin: "null" },
    "no origin at all": {},
    "an origin that begins alike": { origin: `${origin}.evil.example` },
    "two origins": { origin: [origin, "https://evil.example"] },
    "a browser that says where it stands": { origin, "sec-fetch-site": "cross-site" },
    "a browser that says it is the same site": { origin, "sec-fetch-site": "same-site" },
  });

  it("changes nothing with the cookie of whoever looks at it", () =>
    served(async ({ parts, origin, ask, signIn, fromConsole }) => {
      const cookie = await signIn();
      const body = { name: "forged", scopes: ["api"], roles: ["admin"] };
      for (const [what, headers] of Object.entries(foreign(origin))) {
        const answers = [
          await ask("POST", "/tokens", { headers: { ...headers, cookie }, body }),
          await ask("POST", "/sign-out", { headers: { ...headers, cookie }, body: {} }),
          await ask("POST", "/sign-in", { headers, body: { link: parts.links.make().secret } }),
        ];
        expect([what, ...codes(answers)]).toEqual([what, ...Array(3).fill([403, "WB_REQUEST_ORIGIN"])]);
      }
      expect(parts.tokens.list()).toEqual([]);
      expect((await fromConsole("POST", "/tokens", cookie, body)).status).toBe(201);
    }));

  it("cannot send what a form can send", () =>
    served(async ({ origin, ask, signIn }) => {
      const cookie = await signIn();
      const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", ""];
      const answers = await Promise.all(
        types.map((type) => ask("POST", "/tokens", { headers: { cookie, origin, "content-type": type }, body: '{"name":"x","scopes":["api"]}' })),
      );
      expect(codes(answers)).toEqual(types.map(() => [415, "WB_REQUEST_MEDIA_TYPE"]));
    }));

  it("is told by no answer that it may read it", () =>
    served(async ({ ask, signIn }) => {
      const cookie = await signIn();
      const preflight = { origin: "https://evil.example", "access-control-request-method": "POST", "access-control-request-headers": "content-type" };
      const answers = [
        await ask("OPTIONS", "/tokens", { headers: { ...preflight, cookie } }),
        await ask("GET", "/session", { headers: { ...preflight, cookie } }),
      ];
      expect(answers.flatMap(({ headers }) => Object.keys(headers).filter((name) => name.startsWith("access-control")))).toEqual([]);
      expect(answers.map(({ headers }) => headers["cross-origin-resource-policy"])).toEqual(["same-origin", "same-origin"]);
    }));

  it("is not asked for with a token, which no browser adds by itself; and a token counts before a cookie", () =>
    served(async ({ parts, origin, ask, signIn, token }) => {
      const cookie = await signIn();
      const viewer = { authorization: `Bearer ${token({ roles: ["viewer"] })}`, cookie };
      expect((await ask("GET", "/session", { headers: viewer })).json).toMatchObject({
        principal: { kind: "token", roles: ["viewer"] },
        actions: ["read"],
      });
      expect(codes([await ask("POST", "/tokens", { headers: { ...viewer, origin }, body: { name: "x", scopes: ["api"] } })])).toEqual([
        [403, "WB_ACCESS_DENIED"],
      ]);
      const admin = { authorization: `Bearer ${token({ roles: ["admin"] })}`, cookie, origin: "https://evil.example" };
      expect((await ask("POST", "/tokens", { headers: admin, body: { name: "x", scopes: ["infer"] } })).status).toBe(201);
      expect(codes([await ask("GET", "/session", { headers: { authorization: "Bearer wrong", cookie } })])).toEqual([[401, "WB_SIGN_IN_TOKEN"]]);
      expect(parts.tokens.list()).toHaveLength(3);
    }));
});

describe("a name that was made to lead here", () => {
  it("is not answered, whatever was asked", () =>
    served(async ({ origin, ask, signIn }) => {
      const cookie = await signIn();
      const { port } = new URL(origin);
      const names = [
        "evil.example",
        `evil.example:${port}`,
        `localhost.evil.example:${port}`,
        "127.0.0.1:1",
        "127.0.0.1",
        `0.0.0.0:${port}`,
        `localhost.:${port}`,
        "a b",
      ];
      for (const host of names) {
        const answers = [await ask("GET", "/session", { headers: { host, cookie } }), await ask("GET", "/api/openapi.json", { headers: { host } })];
        expect([host, ...codes(answers)]).toEqual([
          host,
          ...answers.map(({ status }) => (status === 400 ? [400, undefined] : [421, "WB_REQUEST_HOST"])),
        ]);
      }
      for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`, `127.0.0.1:${port}`])
        expect([host, (await ask("GET", "/session", { headers: { host, cookie } })).status]).toEqual([host, 200]);
    }));

  it("is not believed of a peer that is no proxy of ours", () =>
    served(async ({ ask }) => {
      const forwarded = {
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        "x-forwarded-for": "1.2.3.4",
        forwarded: "host=evil.example",
      };
      const answer = await ask("GET", "/installation", { headers: forwarded });
      expect([answer.status, answer.headers["strict-transport-security"]]).toEqual([200, undefined]);
    }));

  it("may be a further name that is allowed, but nobody signs in under that", () =>
    served(
      async ({ parts, ask }) => {
        const host = "health.example";
        expect((await ask("GET", "/installation", { headers: { host } })).status).toBe(200);
        const signIn = { headers: { host, origin: `http://${host}` }, body: { link: parts.links.make().secret } };
        expect(codes([await ask("POST", "/sign-in", signIn)])).toEqual([[403, "WB_REQUEST_ORIGIN"]]);
      },
      { allowedHosts: ["health.example"] },
    ));
});

describe("behind a proxy that ends TLS", () => {
  const proxied = { publicUrl: "https://wb.example", trusts: (address: string) => ["127.0.0.1", "10.0.0.1"].includes(address) };
  const through = (more: Readonly<Record<string, string>> = {}) => ({
    "x-forwarded-host": "wb.example",
    "x-forwarded-proto": "https",
    "x-forwarded-for": "6.6.6.6, 203.0.113.9, 10.0.0.1",
    ...more,
  });

  it("the cookie is one of this very host, over TLS alone", () =>
    served(async ({ parts, ask }) => {
      const asking = { headers: through({ origin: "https://wb.example" }), body: { link: parts.links.make().secret } };
      const answer = await ask("POST", "/sign-in", asking);
      expect(answer.headers["set-cookie"]).toEqual([
        expect.stringMatching(/^__Host-weighbridge=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
      ]);
      expect(answer.headers["strict-transport-security"]).toBe("max-age=31536000");
      const secret = cookieOf(answer).replace("__Host-weighbridge=", "");
      const bySecure = await ask("GET", "/session", { headers: through({ cookie: `__Host-weighbridge=${secret}` }) });
      const byPlain = await ask("GET", "/session", { headers: through({ cookie: `weighbridge_session=${secret}` }) });
      expect([bySecure.status, byPlain.status]).toEqual([200, 401]);
    }, proxied));

  it("the client is the nearest address that is no proxy, whatever it says of itself", () =>
    served(async ({ parts, ask }) => {
      await ask("POST", "/sign-in", { headers: through({ origin: "https://wb.example" }), body: { link: parts.links.make().secret } });
      const { entries } = await parts.audit.recent({ kind: "act", limit: 1 });
      expect(entries).toMatchObject([{ act: "session.begin", subject: "203.0.113.9" }]);
    }, proxied));

  it("another origin and another name are as foreign as ever", () =>
    served(async ({ parts, origin, ask }) => {
      const body = { link: parts.links.make().secret };
      const answers = [
        await ask("POST", "/sign-in", { headers: through({ origin }), body }),
        await ask("POST", "/sign-in", { headers: through({ origin: "http://wb.example" }), body }),
        await ask("POST", "/sign-in", { headers: through({ origin: "https://wb.example", "x-forwarded-host": "evil.example" }), body }),
        await ask("GET", "/installation", { headers: { host: "evil.example" } }),
      ];
      expect(codes(answers)).toEqual([
        [403, "WB_REQUEST_ORIGIN"],
        [403, "WB_REQUEST_ORIGIN"],
        [421, "WB_REQUEST_HOST"],
        [421, "WB_REQUEST_HOST"],
      ]);
    }, proxied));
});

describe("every answer", () => {
  it("says what a page may do with it, and is kept by nobody", () =>
    served(async ({ ask }) => {
      for (const path of ["/installation", "/session", "/api/nothing", "/nothing"]) {
        const { headers } = await ask("GET", path);
        expect([path, headers]).toEqual([
          path,
          expect.objectContaining({
            "content-security-policy": expect.stringContaining("default-src 'none'; script-src 'self'"),
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": expect.stringContaining("camera=()"),
            "cache-control": "no-store",
          }),
        ]);
      }
    }));

  it("has an id of our own, which its problem and its audit record name", () =>
    served(async ({ parts, fromConsole }) => {
      const asked = await fromConsole("POST", "/sign-in", "", { link: "x" });
      const id = asked.headers["x-request-id"];
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(asked.json).toMatchObject({
        type: "about:blank",
        title: "Unauthorized",
        status: 401,
        instance: `urn:uuid:${id}`,
        code: "WB_SIGN_IN_LINK",
      });
      expect(asked.headers["content-type"]).toBe("application/problem+json");
      expect((await parts.audit.recent({ kind: "act", limit: 1 })).entries).toMatchObject([{ request: id }]);
    }));

  it("does not take an id from whoever asks", () =>
    served(async ({ ask }) => {
      const { headers } = await ask("GET", "/installation", { headers: { "x-request-id": "theirs" } });
      expect(headers["x-request-id"]).not.toBe("theirs");
    }));

  it("names the members that do not fit, and repeats nothing of them", () =>
    served(async ({ fromConsole, signIn }) => {
      const cookie = await signIn();
      const body = { name: "", scopes: ["all-of-them"], days: 4000, extra: "hunter2" };
      const { status, json, text } = await fromConsole("POST", "/tokens", cookie, body);
      expect([status, json]).toEqual([400, expect.objectContaining({ code: "WB_REQUEST_INVALID" })]);
      expect(text).toMatch(/body\.name: .*body\.scopes\.0: .*body\.days: .*extra/);
      expect(text).not.toMatch(/hunter2|4000|all-of-them/);
      const broken = await fromConsole("POST", "/tokens", cookie, '{"name": "x');
      expect(codes([broken])).toEqual([[400, "WB_REQUEST_INVALID"]]);
    }));

  it("is a refusal where the target or the Host of the request is not one", () =>
    served(async ({ origin }) => {
      const { host } = new URL(origin);
      const forms = [
        `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\n`,
        `GET /healthz HTTP/1.1\r\nHost: evil.example\r\nHost: ${host}\r\n`,
        "GET /healthz HTTP/1.1\r\n",
        "GET /healthz HTTP/1.1\r\nHost:\r\n",
        "GET /healthz HTTP/1.0\r\n",
        `GET http://evil.example/healthz HTTP/1.1\r\nHost: ${host}\r\n`,
        `GET http://${host}/healthz HTTP/1.1\r\nHost: evil.example\r\n`,
        `OPTIONS * HTTP/1.1\r\nHost: ${host}\r\n`,
      ];
      const statuses = await Promise.all(forms.map((form) => rawStatus(origin, `${form}Connection: close\r\n\r\n`)));
      expect(forms.map((form, index) => [form, statuses[index]])).toEqual(forms.map((form) => [form, expect.stringMatching(/^HTTP\/1.1 4(00|21) /)]));
      expect(await rawStatus(origin, `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 /);
    }));
});

it("a body over the bound is refused before it is read, and nobody who is not signed in sends more than a link", () =>
  served(async ({ origin, ask, token }) => {
    const large = { link: "x".repeat(5000) };
    expect(codes([await ask("POST", "/sign-in", { headers: { origin }, body: large })])).toEqual([[413, "WB_REQUEST_TOO_LARGE"]]);
    const huge = { name: "x".repeat(2 ** 21), scopes: ["api"] };
    expect(codes([await ask("POST", "/tokens", { body: huge })])).toEqual([[401, "WB_SIGN_IN_NEEDED"]]);
    const authorization = `Bearer ${token({ roles: ["admin"] })}`;
    expect(codes([await ask("POST", "/tokens", { headers: { authorization }, body: huge })])).toEqual([[413, "WB_REQUEST_TOO_LARGE"]]);
  }));
