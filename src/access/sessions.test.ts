import { describe, expect, it } from "vitest";
import { World, withFolder } from "../../test/registry-world.ts";
import { openState, type State } from "../state/database.ts";
import { Sessions } from "./sessions.ts";

const MINUTE = 60_000;
const ADA = { id: "local:ada", name: "ada" };

function opened(use: (sessions: Sessions, world: World, state: State) => void): Promise<void> {
  return withFolder(async (folder) => {
    const state = openState(folder);
    const world = new World();
    try {
      use(new Sessions(state, world), world, state);
    } finally {
      state.close();
    }
  });
}

const count = ({ sql }: State) => Number(sql.prepare("SELECT count(*) AS n FROM state_sessions").get()?.n);

describe("a session", () => {
  it("says who signed in, with what their provider vouched for", () =>
    opened((sessions) => {
      const { secret, expiresAt } = sessions.begin({ ...ADA, claimed: ["viewer"] });
      expect(expiresAt).toBe("2026-05-01T12:00:00.000Z");
      expect(sessions.find(secret)).toEqual({ ...ADA, claimed: ["viewer"], expiresAt });
    }));

  it("has a secret of its own at each sign-in, which is not kept", () =>
    opened((sessions, _, state) => {
      const secrets = Array.from({ length: 50 }, () => sessions.begin(ADA).secret);
      expect(new Set(secrets).size).toBe(50);
      const kept = JSON.stringify(state.sql.prepare("SELECT * FROM state_sessions").all());
      expect(secrets.filter((secret) => kept.includes(secret))).toEqual([]);
    }));

  it("that nobody uses for half an hour is over", () =>
    opened((sessions, world) => {
      const { secret } = sessions.begin(ADA);
      world.pass(30 * MINUTE - 1);
      expect(sessions.find(secret)?.id).toBe("local:ada");
      world.pass(30 * MINUTE);
      expect(sessions.find(secret)).toBeNull();
    }));

  it("that is used is over after twelve hours all the same", () =>
    opened((sessions, world) => {
      const { secret } = sessions.begin(ADA);
      for (let passed = 0; passed < 12 * 60 - 20; passed += 20) {
        world.pass(20 * MINUTE);
        expect(sessions.find(secret)?.id).toBe("local:ada");
      }
      world.pass(20 * MINUTE);
      expect(sessions.find(secret)).toBeNull();
    }));

  it("writes once a minute at most that it is used", () =>
    opened((sessions, world, state) => {
      const { secret } = sessions.begin(ADA);
      const seen = () => state.sql.prepare("SELECT seen_at FROM state_sessions").get()?.seen_at;
      world.pass(MINUTE - 1);
      sessions.find(secret);
      expect(seen()).toBe("2026-05-01T00:00:00.000Z");
      world.pass(1);
      sessions.find(secret);
      expect(seen()).toBe("2026-05-01T00:01:00.000Z");
    }));

  it("ends by itself, or all of one principal with it", () =>
    opened((sessions) => {
      const [one, two, three, other] = [ADA, ADA, ADA, { id: "local:bob", name: "bob" }].map((who) => sessions.begin(who).secret);
      sessions.end(one ?? "");
      expect([one, two].map((secret) => sessions.find(secret ?? "")?.id)).toEqual([undefined, "local:ada"]);
      expect(sessions.endAllOf("local:ada")).toBe(2);
      expect([two, three, other].map((secret) => sessions.find(secret ?? "")?.id)).toEqual([undefined, undefined, "local:bob"]);
    }));

  it("that is over is removed by the next sign-in", () =>
    opened((sessions, world, state) => {
      sessions.begin(ADA);
      world.pass(30 * MINUTE);
      sessions.begin(ADA);
      expect(count(state)).toBe(1);
    }));

  it("is not found by its hash, nor by what never was a secret", () =>
    opened((sessions, _, state) => {
      const { secret } = sessions.begin(ADA);
      const hash = String(state.sql.prepare("SELECT hash FROM state_sessions").get()?.hash);
      expect([hash, secret.slice(1), `${secret}a`, "", "\ud800"].map((text) => sessions.find(text))).toEqual([null, null, null, null, null]);
    }));
});
