import { fc } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { World, withFolder } from "../../test/registry-world.ts";
import { openState, type State } from "../state/database.ts";
import { isOwnSubmission } from "./own-submission.ts";
import type { Principal } from "./principal.ts";
import type { TokenRequestFields } from "./token.ts";
import { Tokens } from "./tokens.ts";

const ADMIN: Principal = {
  id: "local:ada",
  name: "ada",
  kind: "person",
  roles: ["viewer", "operator", "approver", "admin"],
  scopes: ["api"],
  team: null,
  deployments: null,
  dataClass: "restricted",
  limits: { requestsPerMinute: null, tokensPerDay: null },
};

const PLAIN: TokenRequestFields = { name: "ci", scopes: ["infer"], roles: [], dataClass: "internal", days: 30 };

function opened(use: (tokens: Tokens, world: World, state: State, folder: string) => void | Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const state = openState(folder);
    const world = new World();
    try {
      await use(new Tokens(state, world), world, state, folder);
    } finally {
      state.close();
    }
  });
}

describe("a token", () => {
  it("is who its maker said, and everything that was not limited is not limited", () =>
    opened((tokens) => {
      const { token, secret } = tokens.create({ ...PLAIN, scopes: ["api", "infer", "api"], roles: ["operator"] }, ADMIN);
      expect(secret).toMatch(/^wbt_[a-z2-7]{12}_[A-Za-z0-9_-]{43}$/);
      expect(tokens.authenticate(secret)).toEqual({
        id: `token:${token.id}`,
        name: "ci",
        kind: "token",
        roles: ["operator"],
        scopes: ["api", "infer"],
        team: null,
        deployments: null,
        dataClass: "internal",
        limits: { requestsPerMinute: null, tokensPerDay: null },
      });
      expect(tokens.list()).toEqual([token]);
      expect(token).toMatchObject({ createdBy: "local:ada", createdAt: "2026-05-01T00:00:00.000Z", expiresAt: "2026-05-31T00:00:00.000Z" });
    }));

  it("keeps the limits that it was given", () =>
    opened((tokens) => {
      const limited = { ...PLAIN, team: "birds", deployments: ["heron"], dataClass: "public", requestsPerMinute: 6, tokensPerDay: 900 } as const;
      expect(tokens.authenticate(tokens.create(limited, ADMIN).secret)).toMatchObject({
        team: "birds",
        deployments: ["heron"],
        dataClass: "public",
        limits: { requestsPerMinute: 6, tokensPerDay: 900 },
      });
    }));

  it("is kept as a hash: its secret is nowhere in the database", () =>
    opened((tokens, _, state) => {
      const { secret } = tokens.create(PLAIN, ADMIN);
      const kept = JSON.stringify(state.sql.prepare("SELECT * FROM state_tokens").all());
      expect(kept).toContain(secret.slice(4, 16));
      expect(kept).not.toContain(secret.slice(17));
    }));

  it("holds until the moment that it expires, remembered or not", () =>
    opened((tokens, world, state) => {
      const { secret } = tokens.create({ ...PLAIN, days: 1 }, ADMIN);
      world.pass(24 * 60 * 60_000 - 1);
      expect(tokens.authenticate(secret)?.name).toBe("ci");
      world.pass(1);
      expect(tokens.authenticate(secret)).toBeNull();
      expect(new Tokens(state, world).authenticate(secret)).toBeNull();
    }));

  it("is over at once when it is revoked, and revoking says what it found", () =>
    opened((tokens) => {
      const { token, secret } = tokens.create(PLAIN, ADMIN);
      expect(tokens.authenticate(secret)?.name).toBe("ci");
      expect([tokens.revoke(token.id), tokens.authenticate(secret), tokens.revoke(token.id)]).toEqual(["revoked", null, "already"]);
      expect(tokens.revoke("aaaaaaaaaaaa")).toBe("unknown");
      expect(tokens.list()[0]?.revokedAt).toBe("2026-05-01T00:00:00.000Z");
    }));

  it("that another process revokes is over after a quarter of a second", () =>
    opened((tokens, world, _, folder) => {
      const { token, secret } = tokens.create(PLAIN, ADMIN);
      expect(tokens.authenticate(secret)?.name).toBe("ci");
      const other = openState(folder);
      new Tokens(other, world).revoke(token.id);
      world.pass(250);
      expect(tokens.authenticate(secret)).toBeNull();
      other.close();
    }));

  it("goes on when another process changes something else", () =>
    opened((tokens, world, _, folder) => {
      const { secret } = tokens.create(PLAIN, ADMIN);
      const before = tokens.authenticate(secret);
      const other = openState(folder);
      new Tokens(other, world).create(PLAIN, ADMIN);
      other.close();
      world.pass(250);
      expect(tokens.authenticate(secret)).toBe(before);
    }));

  it("that another process revoked is noticed although the clock was set back", () =>
    opened((tokens, world, _, folder) => {
      const { token, secret } = tokens.create(PLAIN, ADMIN);
      tokens.authenticate(secret);
      const other = openState(folder);
      new Tokens(other, world).revoke(token.id);
      other.close();
      world.pass(-60_000);
      expect(tokens.authenticate(secret)).toBeNull();
    }));
});

describe("a forged token", () => {
  it("of the right id with another secret is nobody's", () =>
    opened((tokens) => {
      const one = tokens.create(PLAIN, ADMIN).secret;
      const other = tokens.create(PLAIN, ADMIN).secret;
      expect(tokens.authenticate(one.slice(0, 17) + other.slice(17))).toBeNull();
    }));

  it("that differs in one character is nobody's", () =>
    opened((tokens) => {
      const { secret } = tokens.create(PLAIN, ADMIN);
      for (let at = 0; at < secret.length; at += 1) {
        const changed = secret.slice(0, at) + (secret[at] === "a" ? "b" : "a") + secret.slice(at + 1);
        expect([at, tokens.authenticate(changed)]).toEqual([at, null]);
      }
    }));

  it("that is cut, longer, in capitals or quoted is nobody's", () =>
    opened((tokens) => {
      const { secret } = tokens.create(PLAIN, ADMIN);
      const forged = [
        secret.slice(0, -1),
        `${secret}a`,
        `${secret}\n`,
        ` ${secret}`,
        secret.toUpperCase(),
        `"${secret}"`,
        "",
        "\ud800",
        "wbt_",
        "x".repeat(1e6),
      ];
      expect(forged.map((text) => tokens.authenticate(text))).toEqual(forged.map(() => null));
    }));

  it("made of the hash that is kept is nobody's", () =>
    opened((tokens, _, state) => {
      const { token } = tokens.create(PLAIN, ADMIN);
      const hash = String(state.sql.prepare("SELECT hash FROM state_tokens").get()?.hash);
      const guesses = [hash, `wbt_${token.id}_${hash.slice(0, 43)}`, `wbt_${token.id}_${Buffer.from(hash, "hex").toString("base64url")}`];
      expect(guesses.map((text) => tokens.authenticate(text))).toEqual([null, null, null]);
    }));

  it("is never an exception", () =>
    opened((tokens) => {
      fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => tokens.authenticate(text) === null));
    }));
});

describe("whoever makes a token", () => {
  const refused = (request: Partial<TokenRequestFields>, creator: Partial<Principal>) =>
    opened((tokens) => {
      const make = () => tokens.create({ ...PLAIN, ...request }, { ...ADMIN, ...creator });
      expect(make).toThrow(expect.objectContaining({ code: "WB_ACCESS_ESCALATION" }));
      expect(tokens.list()).toEqual([]);
    });

  it.each([
    ["a role that they do not have", { roles: ["admin"] }, { roles: ["operator", "viewer"] }],
    ["the API, to which they have no way", { scopes: ["infer", "api"] }, { scopes: ["infer"] }],
    ["all deployments when they have some", {}, { deployments: ["heron"] }],
    ["a deployment that is not theirs", { deployments: ["heron", "egret"] }, { deployments: ["heron"] }],
    ["data that is kept from them", { dataClass: "confidential" }, { dataClass: "internal" }],
  ] as const)("cannot give it %s", (_, request, creator) => refused(request, creator));

  it("can give it what they have", () =>
    opened((tokens) => {
      const creator: Principal = { ...ADMIN, roles: ["admin"], deployments: ["heron", "egret"], dataClass: "internal" };
      const { secret } = tokens.create({ ...PLAIN, scopes: ["api"], roles: ["admin"], deployments: ["heron"] }, creator);
      expect(tokens.authenticate(secret)).toMatchObject({ roles: ["admin"], deployments: ["heron"], dataClass: "internal" });
    }));
});

it("no more than ten thousand tokens are remembered, and those that are not hold all the same", () =>
  opened((tokens, _, state) => {
    state.sql.exec("BEGIN");
    const secrets = Array.from({ length: 10_050 }, () => tokens.create(PLAIN, ADMIN).secret);
    state.sql.exec("COMMIT");
    const first = tokens.authenticate(secrets[0] ?? "");
    for (const secret of secrets.slice(1, 9000)) tokens.authenticate(secret);
    expect(tokens.authenticate(secrets[0] ?? "")).toBe(first); // remembered
    for (const secret of secrets.slice(1)) tokens.authenticate(secret);
    expect(tokens.authenticate(secrets[0] ?? "")).not.toBe(first); // read again
    expect(tokens.authenticate(secrets[0] ?? "")).toEqual(first);
  }));

describe("a token that makes tokens", () => {
  it("gives no longer time than it has, and no higher limits", () =>
    opened((tokens, world) => {
      const limits = { requestsPerMinute: 60, tokensPerDay: 1000 };
      const { secret } = tokens.create({ ...PLAIN, ...limits, scopes: ["api"], roles: ["admin"], days: 7 }, ADMIN);
      const maker = tokens.authenticate(secret) ?? ADMIN;
      world.pass(60_000);
      const made = tokens.create({ ...PLAIN, ...limits, tokensPerDay: 1, days: 30 }, maker).token;
      expect(made).toMatchObject({ expiresAt: "2026-05-08T00:00:00.000Z", tokensPerDay: 1 });
      expect(tokens.create({ ...PLAIN, ...limits, days: 1 }, maker).token.expiresAt).toBe("2026-05-02T00:01:00.000Z");
      for (const wider of [PLAIN, { ...PLAIN, ...limits, tokensPerDay: 1001 }, { ...PLAIN, ...limits, requestsPerMinute: 61 }])
        expect(() => tokens.create(wider, maker)).toThrow(expect.objectContaining({ code: "WB_ACCESS_ESCALATION" }));
    }));
});

describe("own submissions", () => {
  const person = (name: string): Principal => ({ ...ADMIN, id: `oidc:https://id.example#${name}`, name });

  it("are also those by a token that one made, by its maker, and by another token of that maker", () =>
    opened((tokens) => {
      const made = (by: Principal) => tokens.authenticate(tokens.create({ ...PLAIN, scopes: ["api"] }, by).secret) ?? ADMIN;
      const [ada, grace] = [person("ada"), person("grace")];
      const [first, second, of] = [made(ada), made(ada), made(grace)];
      const child = made({ ...first, roles: ADMIN.roles });
      for (const [who, by] of [
        [ada, ada],
        [ada, first],
        [first, ada],
        [second, first],
        [ada, child],
        [child, second],
      ] as const)
        expect(isOwnSubmission(tokens, who.id, [of.id, by.id])).toBe(true);
      for (const [who, by] of [
        [grace, ada],
        [grace, child],
        [of, first],
      ] as const)
        expect(isOwnSubmission(tokens, who.id, [by.id])).toBe(false);
    }));

  it("are not those by tokens that were handed out on the machine itself", () =>
    opened((tokens) => {
      const [one, other] = [1, 2].map(() => tokens.create(PLAIN, ADMIN).token);
      expect(isOwnSubmission(tokens, `token:${one?.id}`, [`token:${other?.id}`, ADMIN.id])).toBe(false);
      expect(isOwnSubmission(tokens, `token:${one?.id}`, [`token:${one?.id}`])).toBe(true);
      expect(isOwnSubmission(tokens, "token:aaaaaaaaaaaa", [])).toBe(false);
      expect(isOwnSubmission(tokens, ADMIN.id, [ADMIN.id])).toBe(true);
    }));
});
