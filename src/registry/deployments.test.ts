import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { artifactWith, dumpViews, founded, MODEL, ticketed } from "../../test/registry-world.ts";
import { type Digest, hexOf } from "../digest.ts";
import type { DeploymentRequest } from "./deployments.ts";

const UPSTREAM = { url: "http://127.0.0.1:8080", addresses: ["127.0.0.1"], model: null };

function request(over: Partial<DeploymentRequest> = {}): DeploymentRequest {
  return { artifact: MODEL.digest, name: "summariser", upstream: UPSTREAM, engine: { name: "vllm", version: "0.9" }, principal: "ada", ...over };
}

describe("deploying", () => {
  it("binds an upstream to the latest ticket, declared, and says all that its standing follows from", () =>
    founded(async (registry, world) => {
      const ticket = await ticketed(registry, world);
      const deployment = await registry.deploy(request());
      expect(deployment).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        name: "summariser",
        artifact: MODEL.digest,
        ticket: ticket.leaf,
        level: "declared",
        upstream: UPSTREAM,
        engine: { name: "vllm", version: "0.9" },
        at: "2026-05-01T00:00:01.000Z",
        record: { notAfter: ticket.notAfter, act: null, outcome: "allow" },
      });
      expect(await registry.deployments()).toEqual([deployment]);
    }));

  it("takes a name over, and the one before serves no more", () =>
    founded(async (registry, world) => {
      await ticketed(registry, world);
      await registry.deploy(request());
      const later = await registry.deploy(request({ upstream: { ...UPSTREAM, url: "http://127.0.0.1:9090" } }));
      expect(await registry.deployments()).toEqual([later]);
    }));

  it("ends when it is withdrawn, once", () =>
    founded(async (registry, world) => {
      await ticketed(registry, world);
      const { id } = await registry.deploy(request());
      await registry.withdraw({ id, reason: "Replaced.", principal: "ada" });
      expect(await registry.deployments()).toEqual([]);
      await expect(registry.withdraw({ id, reason: "Again.", principal: "ada" })).rejects.toMatchObject({ code: "WB_REGISTRY_NOT_FOUND" });
    }));

  it("falls back to nothing when the one that took the name over is withdrawn", () =>
    founded(async (registry, world) => {
      await ticketed(registry, world);
      await registry.deploy(request());
      const { id } = await registry.deploy(request());
      await registry.withdraw({ id, reason: "Wrong.", principal: "ada" });
      expect(await registry.deployments()).toEqual([]);
    }));

  it.each([
    ["never got a ticket", artifactWith({ a: "unknown" }).digest, "it has no ticket"],
    ["was revoked", MODEL.digest, "it was revoked"],
  ])("refuses what %s", (_, artifact, why) =>
    founded(async (registry, world) => {
      await ticketed(registry, world);
      await registry.changeStanding({ artifact: MODEL.digest, effect: "revoke", reason: "Bad.", principal: "ada" });
      await expect(registry.deploy(request({ artifact }))).rejects.toMatchObject({
        code: "WB_REGISTRY_NO_STANDING",
        message: expect.stringContaining(why),
      });
    }),
  );

  it.each(["", "-x", "a b", "a\r\nb", "x".repeat(129), "é"])("refuses the name %j", (name) =>
    founded(async (registry, world) => {
      await ticketed(registry, world);
      await expect(registry.deploy(request({ name }))).rejects.toMatchObject({ code: "WB_REGISTRY_BAD_NAME" });
    }),
  );

  it("says afterwards that the standing was taken", () =>
    founded(async (registry, world) => {
      await ticketed(registry, world);
      await registry.deploy(request());
      const before = registry.version();
      await registry.changeStanding({ artifact: MODEL.digest, effect: "revoke", reason: "Bad.", principal: "ada" });
      expect(registry.version()).not.toBe(before);
      expect((await registry.deployments())[0]?.record).toMatchObject({ act: "revoke" });
    }));

  it("serves nothing any more under a name that was erased", () =>
    founded(async (registry, world, root) => {
      await ticketed(registry, world);
      await registry.deploy(request());
      const [row] = dumpViews(root).view_deployments as { details: Digest }[];
      const hex = hexOf(row?.details ?? MODEL.digest);
      rmSync(join(root, "blobs", hex.slice(0, 2), hex));
      expect(await registry.deployments()).toEqual([]);
    }));
});

describe("roles", () => {
  it("are those that were granted and not taken, and asking for what is so makes no entry", () =>
    founded(async (registry, _, root) => {
      const change = (who: string, role: string, effect: "grant" | "remove") => registry.changeRole({ who, role, effect, principal: "ada" });
      expect(await change("eve", "viewer", "grant")).toBe("changed");
      expect(await change("eve", "operator", "grant")).toBe("changed");
      expect(await change("bob", "admin", "grant")).toBe("changed");
      expect(await change("eve", "viewer", "grant")).toBe("already");
      expect(await change("bob", "admin", "remove")).toBe("changed");
      expect(await change("bob", "admin", "remove")).toBe("already");
      expect([...(await registry.roles())]).toEqual([["eve", ["operator", "viewer"]]]);
      expect(dumpViews(root).view_roles).toHaveLength(4);
    }));
});

describe("the log's rules for deployments", () => {
  it("keep names, addresses and people out of the entries", () =>
    founded(async (registry, world) => {
      await ticketed(registry, world);
      await registry.deploy(request({ name: "secret-project" }));
      await registry.changeRole({ who: "oidc:issuer#eve", role: "viewer", effect: "grant", principal: "ada" });
      const { size } = await registry.checkpoint();
      const entries = await Promise.all([size - 1, size - 2].map((index) => registry.entry(index)));
      for (const entry of entries) expect(Buffer.from(JSON.stringify(entry?.statement)).toString()).not.toMatch(/secret-project|127\.0\.0\.1|#eve/);
    }));
});
