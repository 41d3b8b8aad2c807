import { expect, it } from "vitest";
import { World, withFolder } from "../../test/registry-world.ts";
import { openState } from "../state/database.ts";
import { SignInFlows } from "./sign-in-flows.ts";

function opened(use: (flows: SignInFlows, world: World, kept: () => unknown[]) => void): Promise<void> {
  return withFolder(async (folder) => {
    const state = openState(folder);
    const world = new World();
    try {
      use(new SignInFlows(state, world), world, () => state.sql.prepare("SELECT * FROM state_sign_in_flows").all());
    } finally {
      state.close();
    }
  });
}

it("a flow comes back once, as it began", () =>
  opened((flows) => {
    const { secret, flow } = flows.begin("/log");
    expect(new Set([secret, flow.state, flow.nonce, flow.verifier]).size).toBe(4);
    expect(flow).toMatchObject({ verifier: expect.stringMatching(/^[\w-]{43}$/), returnPath: "/log" }); // RFC 7636 §4.1
    expect([flows.take(secret, flow.state), flows.take(secret, flow.state)]).toEqual([flow, null]);
  }));

it("an answer with a foreign state gets nothing and ends nothing", () =>
  opened((flows) => {
    const [own, foreign] = [flows.begin("/"), flows.begin("/")];
    const wrong = [foreign.flow.state, "", own.secret, own.flow.nonce].map((state) => flows.take(own.secret, state));
    expect(wrong).toEqual([null, null, null, null]);
    expect(flows.take(own.secret, own.flow.state)).toEqual(own.flow);
  }));

it("a flow is over after ten minutes, and removed by the next", () =>
  opened((flows, world, kept) => {
    const { secret, flow } = flows.begin("/");
    world.pass(10 * 60_000);
    expect(flows.take(secret, flow.state)).toBeNull();
    flows.begin("/");
    expect(kept()).toHaveLength(1);
  }));

it("nothing is kept from which a flow could be finished", () =>
  opened((flows, _, kept) => {
    const { secret, flow } = flows.begin("/");
    for (const hidden of [secret, flow.state, flow.nonce, flow.verifier]) expect(JSON.stringify(kept())).not.toContain(hidden);
  }));
