import { describe, expect, it } from "vitest";
import { type Answer, served } from "./sign-in-world.ts";

const DAY = 24 * 60 * 60_000;
const GRACE = "oidc:https://id.example#grace";

const codes = (answers: readonly Answer[]) => answers.map(({ status, json }) => [status, (json as { code?: string } | undefined)?.code]);
const bearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });

describe("a token", () => {
  it("is made, told once, listed without its secret, and revoked", () =>
    served(async ({ ask, fromConsole, signIn, acts }) => {
      const cookie = await signIn();
      const made = await fromConsole("POST", "/tokens", cookie, { name: "ci", scopes: ["api"], roles: ["viewer"], team: "birds", days: 7 });
      const { secret, ...token } = made.json as { secret: string; id: string };
      expect([made.status, token]).toEqual([
        201,
        {
          id: expect.stringMatching(/^[a-z2-7]{12}$/),
          name: "ci",
          scopes: ["api"],
          roles: ["viewer"],
          team: "birds",
          deployments: null,
          dataClass: "internal",
          requestsPerMinute: null,
          tokensPerDay: null,
          createdAt: "2026-05-01T00:00:00.000Z",
          createdBy: "local:ada",
          expiresAt: "2026-05-08T00:00:00.000Z",
          revokedAt: null,
        },
      ]);
      expect((await ask("GET", "/session", bearer(secret))).json).toEqual({
        principal: { id: `token:${token.id}`, name: "ci", kind: "token", roles: ["viewer"], team: "birds" },
        actions: ["read"],
        expiresAt: null,
      });
      expect((await ask("GET", "/tokens", { headers: { cookie } })).json).toEqual({ items: [token] });
      const revoke = () => fromConsole("POST", `/tokens/${token.id}/revocation`, cookie, {});
      expect([(await revoke()).status, (await revoke()).status]).toEqual([204, 204]);
      expect(codes([await ask("GET", "/session", bearer(secret))])).toEqual([[401, "WB_SIGN_IN_TOKEN"]]);
      expect(codes([await fromConsole("POST", "/tokens/aaaaaaaaaaaa/revocation", cookie, {})])).toEqual([[404, "WB_ACCESS_NO_TOKEN"]]);
      expect(await acts()).toEqual([
        "session.begin done by local:ada",
        "token.create done by local:ada",
        "token.revoke done by local:ada",
        "token.revoke done by local:ada",
        "token.revoke failed by local:ada",
      ]);
    }));

  it("that is missing, forged, cut, of another scheme or of the right id with another secret is nobody's", () =>
    served(async ({ ask, token }) => {
      const [one, other] = [token({ roles: ["admin"] }), token({ roles: ["admin"] })];
      const wrong = [
        one.slice(0, -1),
        `${one}A`,
        one.slice(0, 17) + other.slice(17),
        one.toUpperCase(),
        `${one} ${one}`,
        `${one},${other}`,
        "",
        "null",
        "wbt__",
      ];
      const answers = await Promise.all(wrong.map((secret) => ask("GET", "/tokens", bearer(secret))));
      expect(codes(answers)).toEqual(wrong.map(() => [401, "WB_SIGN_IN_TOKEN"]));
      expect(answers.map(({ headers }) => headers["www-authenticate"])).toEqual(wrong.map(() => 'Bearer realm="weighbridge", error="invalid_token"'));
      for (const { text } of answers) expect(text).not.toContain(one.slice(17, 40));
      const others = [{}, { authorization: one }, { authorization: `Basic ${Buffer.from(`x:${one}`).toString("base64")}` }, { "x-api-key": one }];
      expect(codes(await Promise.all(others.map((headers) => ask("GET", "/tokens", { headers }))))).toEqual(
        others.map(() => [401, "WB_SIGN_IN_NEEDED"]),
      );
      expect((await ask("GET", `/tokens?access_token=${one}`)).status).toBe(401);
      expect((await ask("GET", "/tokens", { headers: { authorization: `bearer   ${one}` } })).status).toBe(200); // RFC 9110 §11.1: in any case
    }));

  it("is over when its days are", () =>
    served(async ({ world, ask, token }) => {
      const secret = token({ roles: ["viewer"], days: 1 });
      world.pass(DAY - 1);
      expect((await ask("GET", "/session", bearer(secret))).status).toBe(200);
      world.pass(1);
      expect(codes([await ask("GET", "/session", bearer(secret))])).toEqual([[401, "WB_SIGN_IN_TOKEN"]]);
    }));

  it("for the gateway alone opens nothing here, whatever its roles", () =>
    served(async ({ ask, token }) => {
      const answer = await ask("GET", "/session", bearer(token({ scopes: ["infer"], roles: ["admin"] })));
      expect(codes([answer])).toEqual([[403, "WB_SIGN_IN_SCOPE"]]);
      expect(answer.headers["www-authenticate"]).toBe('Bearer realm="weighbridge", error="insufficient_scope", scope="api"');
    }));

  it.each([
    ["viewer", { overview: 200, tokens: 403, roles: 403 }],
    ["operator", { overview: 200, tokens: 403, roles: 403 }],
    ["approver", { overview: 200, tokens: 403, roles: 403 }],
    ["admin", { overview: 200, tokens: 200, roles: 200 }],
  ] as const)("with the role %s reads what that role may read", (role, expected) =>
    served(async ({ ask, token }) => {
      const secret = token({ roles: [role] });
      const statuses = await Promise.all(Object.keys(expected).map(async (path) => [path, (await ask("GET", `/${path}`, bearer(secret))).status]));
      expect(Object.fromEntries(statuses)).toEqual(expected);
    }),
  );

  it("without a role may ask who it is, and nothing else", () =>
    served(async ({ ask, token }) => {
      const secret = token({});
      expect((await ask("GET", "/session", bearer(secret))).json).toMatchObject({ actions: [] });
      expect(codes([await ask("GET", "/overview", bearer(secret))])).toEqual([[403, "WB_ACCESS_DENIED"]]);
    }));
});

describe("whoever makes a token", () => {
  it("cannot climb by it: no role, no deployment and no data that they do not have", () =>
    served(async ({ parts, ask, token, acts }) => {
      const own = token({ roles: ["admin", "viewer"], deployments: ["heron"], dataClass: "internal" });
      const plain = { name: "x", scopes: ["infer"], deployments: ["heron"], dataClass: "public" };
      const wider = [
        { ...plain, roles: ["approver"] },
        { ...plain, roles: ["admin", "operator"] },
        { ...plain, deployments: ["heron", "egret"] },
        { ...plain, deployments: undefined },
        { ...plain, dataClass: "restricted" },
      ];
      const before = parts.tokens.list().length;
      const answers = await Promise.all(wider.map((body) => ask("POST", "/tokens", { ...bearer(own), body })));
      expect(codes(answers)).toEqual(wider.map(() => [403, "WB_ACCESS_ESCALATION"]));
      expect(parts.tokens.list()).toHaveLength(before);
      expect((await ask("POST", "/tokens", { ...bearer(own), body: { ...plain, roles: ["admin"] } })).status).toBe(201);
      expect((await acts()).filter((act) => act.startsWith("token.create refused by token:"))).toHaveLength(5);
    }));

  it("needs the role for it, and is recorded when they lack it", () =>
    served(async ({ ask, token, acts }) => {
      const secret = token({ roles: ["operator", "approver", "viewer"] });
      const answers = [
        await ask("POST", "/tokens", { ...bearer(secret), body: { name: "x", scopes: ["api"] } }),
        await ask("POST", "/tokens/aaaaaaaaaaaa/revocation", { ...bearer(secret), body: {} }),
        await ask("POST", "/roles", { ...bearer(secret), body: { principal: GRACE, role: "admin", effect: "grant" } }),
      ];
      expect(codes(answers)).toEqual(Array(3).fill([403, "WB_ACCESS_DENIED"]));
      expect((await acts()).map((act) => act.replace(/ by .*/, ""))).toEqual(["token.create refused", "token.revoke refused", "role.grant refused"]);
    }));

  it("may name it as they like: the name is data, in no header and no line of a log", () =>
    served(async ({ parts, ask, token }) => {
      const admin = token({ roles: ["admin"] });
      const names = [
        "x\r\nSet-Cookie: weighbridge_session=evil",
        "<script>alert(1)</script>",
        "\u202enimda",
        "__proto__",
        "\ud800",
        '"},{"act":"forged',
      ];
      for (const name of names) {
        const made = await ask("POST", "/tokens", { ...bearer(admin), body: { name, scopes: ["api"], roles: [] } });
        expect([made.status, (made.json as { name: string }).name]).toEqual([201, name.toWellFormed()]);
        const asked = await ask("GET", "/session", bearer((made.json as { secret: string }).secret));
        expect([made, asked].map(({ headers }) => headers["set-cookie"])).toEqual([undefined, undefined]);
        expect(asked.headers["content-type"]).toBe("application/json");
        expect(JSON.stringify([made.headers, asked.headers])).not.toMatch(/evil|alert|nimda|forged/);
      }
      expect((await parts.audit.recent({ kind: "act", limit: 10 })).entries.map(({ kind }) => kind)).toEqual(names.map(() => "act"));
    }));
});

describe("roles", () => {
  it("are granted to people, taken from them, and both are in the log and in the audit log", () =>
    served(async ({ parts, ask, fromConsole, signIn, acts }) => {
      const cookie = await signIn();
      const change = (role: string, effect: string) => fromConsole("POST", "/roles", cookie, { principal: GRACE, role, effect });
      const held = async () => ((await ask("GET", "/roles", { headers: { cookie } })).json as { items: unknown }).items;
      expect([(await change("operator", "grant")).status, (await change("admin", "grant")).status]).toEqual([204, 204]);
      expect(await held()).toEqual([{ principal: GRACE, roles: ["operator", "admin"] }]);
      expect((await change("admin", "remove")).status).toBe(204);
      expect(await held()).toEqual([{ principal: GRACE, roles: ["operator"] }]);
      expect(await parts.registry.roles()).toEqual(new Map([[GRACE, ["operator"]]]));
      expect((await acts()).slice(1)).toEqual(["role.grant done by local:ada", "role.grant done by local:ada", "role.remove done by local:ada"]);
    }));

  it("count from the next request on; who loses one has to sign in again, so that their provider is asked again", () =>
    served(async ({ parts, ask, fromConsole, signIn }) => {
      const cookie = await signIn();
      const begin = () => `weighbridge_session=${parts.sessions.begin({ id: GRACE, name: "Grace", claimed: ["viewer"] }).secret}`;
      const asked = async (as: string) => {
        const { status, json } = await ask("GET", "/session", { headers: { cookie: as } });
        return status === 200 ? (json as { actions: unknown }).actions : status;
      };
      const [grace, elsewhere] = [begin(), begin()];
      expect(await asked(grace)).toEqual(["read"]);
      await fromConsole("POST", "/roles", cookie, { principal: GRACE, role: "approver", effect: "grant" });
      expect(await asked(grace)).toEqual(["read", "approve", "standing"]);
      await fromConsole("POST", "/roles", cookie, { principal: GRACE, role: "approver", effect: "remove" });
      expect([await asked(grace), await asked(elsewhere), await asked(begin())]).toEqual([401, 401, ["read"]]);
      expect(await asked(cookie)).toHaveLength(7);
    }));

  it("are not granted to what is nobody that a provider signs in", () =>
    served(async ({ parts, fromConsole, signIn }) => {
      const cookie = await signIn();
      const wrong = [
        "grace",
        "local:eve",
        "token:aaaaaaaaaaaa",
        "oidc:https://id.example",
        "oidc:https://id.example#",
        `${GRACE}\nlocal:eve`,
        `${GRACE}\u202e`,
        "oidc:x#y",
      ];
      const answers = await Promise.all(
        wrong.map((principal) => fromConsole("POST", "/roles", cookie, { principal, role: "admin", effect: "grant" })),
      );
      expect(codes(answers)).toEqual(wrong.map(() => [400, "WB_ACCESS_NO_PERSON"]));
      expect(await parts.registry.roles()).toEqual(new Map());
    }));
});
