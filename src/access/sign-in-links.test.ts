import { expect, it } from "vitest";
import { World, withFolder } from "../../test/registry-world.ts";
import { openState } from "../state/database.ts";
import { SignInLinks } from "./sign-in-links.ts";

function opened(use: (links: SignInLinks, world: World, others: SignInLinks, kept: () => unknown[]) => void): Promise<void> {
  return withFolder(async (folder) => {
    const states = [openState(folder), openState(folder)] as const;
    const world = new World();
    try {
      const kept = () => states[0].sql.prepare("SELECT * FROM state_sign_in_links").all();
      use(new SignInLinks(states[0], world), world, new SignInLinks(states[1], world), kept);
    } finally {
      for (const state of states) state.close();
    }
  });
}

it("a link signs in once, and then not even in another process", () =>
  opened((links, _, others) => {
    const { secret } = links.make();
    expect([others.redeem(secret), links.redeem(secret), others.redeem(secret)]).toEqual([true, false, false]);
  }));

it("a link holds for ten minutes", () =>
  opened((links, world) => {
    const [early, late] = [links.make(), links.make()];
    expect(early.expiresAt).toBe("2026-05-01T00:10:00.000Z");
    world.pass(10 * 60_000 - 1);
    expect(links.redeem(early.secret)).toBe(true);
    world.pass(1);
    expect(links.redeem(late.secret)).toBe(false);
  }));

it("what is no link signs nobody in", () =>
  opened((links) => {
    const { secret } = links.make();
    expect(["", "\ud800", secret.slice(1), `${secret} `, secret.toLowerCase()].map((text) => links.redeem(text))).toEqual(Array(5).fill(false));
  }));

it("the secret of a link is not kept, and what is over goes with the next", () =>
  opened((links, world, _, kept) => {
    const { secret } = links.make();
    expect(JSON.stringify(kept())).not.toContain(secret);
    world.pass(10 * 60_000);
    links.make();
    expect(kept()).toHaveLength(1);
  }));
