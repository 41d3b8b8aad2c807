import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { World, withFolder } from "../../test/registry-world.ts";
import { currentKey } from "../evidence/trust.ts";
import { defaultDataDirectory, defaultStateDirectory } from "./data-directory.ts";
import { openKeys, readLogKey, readTicketKey } from "./keys.ts";

const made = (use: (keys: string, keyId: string) => Promise<void>) =>
  withFolder(async (folder) => {
    const keys = join(folder, "keys");
    await use(keys, currentKey(await openKeys(keys, new World(), { isFounded: false })).keyid);
  });

describe("keys", () => {
  it("are made once: the log key and the ticket key are two", () =>
    made(async (keys, keyId) => {
      const trust = await openKeys(keys, new World(), { isFounded: false });
      expect(readLogKey(keys).verifierKey).toBe(trust.logKey);
      expect(trust.logKey.startsWith(`${trust.origin}+`)).toBe(true);
      expect(readTicketKey(keys, keyId).keyId).toBe(keyId);
      expect(trust.ticketKeys).toMatchObject([{ keyid: keyId, notBefore: "2026-05-01T00:00:00.000Z", notAfter: null }]);
      expect(readLogKey(keys).verifierKey).not.toContain(trust.ticketKeys[0]?.publicKey);
    }));

  it.each([
    ["the folder", 0o750, ""],
    ["the log key", 0o640, "log.key"],
    ["the ticket key", 0o604, "ticket"],
  ])("are refused when other users can open %s", (_, mode, name) =>
    made(async (keys, keyId) => {
      const file = name === "ticket" ? `ticket-${keyId.slice(0, 16)}.pem` : name;
      chmodSync(join(keys, file), mode);
      const use = async () => [await openKeys(keys, new World(), { isFounded: false }), readLogKey(keys), readTicketKey(keys, keyId)];
      const remedy = name === "ticket" ? "then weighbridge trust rotate" : "found a new installation";
      await expect(use()).rejects.toMatchObject({ code: "WB_REGISTRY_KEY_MODE", hint: expect.stringMatching(`chmod .*${remedy}`) });
    }),
  );

  it("are never made anew where some are lost, and errors do not hold them", () =>
    made(async (keys, keyId) => {
      const pem = join(keys, `ticket-${keyId.slice(0, 16)}.pem`);
      const secret = readFileSync(pem, "utf8");
      writeFileSync(pem, secret.slice(0, -40));
      expect(() => readTicketKey(keys, keyId)).toThrow(expect.objectContaining({ code: "WB_REGISTRY_KEY_LOST" }));
      writeFileSync(join(keys, "log.key"), "PRIVATE+KEY+x+00000000+c2VjcmV0\n");
      expect(() => readLogKey(keys)).toThrow(
        expect.objectContaining({ code: "WB_REGISTRY_KEY_LOST", message: expect.not.stringContaining("c2VjcmV0") }),
      );
      rmSync(join(keys, "genesis.json"));
      await expect(openKeys(keys, new World(), { isFounded: false })).rejects.toMatchObject({ code: "WB_REGISTRY_KEY_LOST" });
    }));

  it("are not made for a log that has lost its own", () =>
    withFolder(async (folder) => {
      await expect(openKeys(join(folder, "keys"), new World(), { isFounded: true })).rejects.toMatchObject({ code: "WB_REGISTRY_KEY_LOST" });
      expect(readdirSync(folder)).toEqual([]);
    }));

  it("that a killed process left half made are removed, and count for nothing", () =>
    withFolder(async (folder) => {
      mkdirSync(join(folder, "keys.0123.new"));
      writeFileSync(join(folder, "keys.0123.new", "log.key"), "half");
      await openKeys(join(folder, "keys"), new World(), { isFounded: false });
      expect(readdirSync(folder)).toEqual(["keys"]);
    }));
});

describe("the place of the data", () => {
  it("is the platform's own", () => {
    const at = (platform: NodeJS.Platform, env: Record<string, string> = {}) => defaultDataDirectory({ platform, env, home: "/home/ada" });
    expect(at("linux")).toBe("/home/ada/.local/share/weighbridge");
    expect(at("linux", { XDG_DATA_HOME: "/data" })).toBe("/data/weighbridge");
    expect(at("linux", { XDG_DATA_HOME: "relative" })).toBe("/home/ada/.local/share/weighbridge");
    expect(at("darwin")).toBe("/home/ada/Library/Application Support/weighbridge");
    expect(at("win32", { LOCALAPPDATA: "/local" })).toBe("/local/weighbridge");
  });

  it("is never the place of the checkpoints that guard it", () => {
    for (const platform of ["linux", "darwin", "win32"] as const) {
      const at = { platform, env: {}, home: "/home/ada" };
      expect(defaultStateDirectory(at)).not.toBe(defaultDataDirectory(at));
    }
  });
});
