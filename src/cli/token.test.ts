import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openState } from "../state/database.ts";
import { tokenCreate, tokenRevoke } from "./token.ts";

let data: string;
let out: string;
let err: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "weighbridge-token-"));
  mkdirSync(join(data, "log"));
  out = "";
  err = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(data, { recursive: true, force: true });
});

const FOR_THE_GATEWAY = { name: "app", scope: ["infer"], dataClass: "internal", days: 30 } as const;

async function secretOf(dataClass: "internal" | "restricted" = "internal"): Promise<string> {
  await tokenCreate({ ...FOR_THE_GATEWAY, scope: ["infer"], dataClass, data });
  return out.trim();
}

function acts(): readonly { readonly act: string; readonly subject: string }[] {
  const state = openState(data);
  try {
    return state.sql
      .prepare("SELECT record FROM state_acts")
      .all()
      .map(({ record }) => JSON.parse(String(record)));
  } finally {
    state.close();
  }
}

it("whoever has a secret that leaked can end its token, and the secret is written nowhere", async () => {
  const secret = await secretOf();
  const id = secret.slice(4, 16);
  out = "";
  await tokenRevoke(secret, { data });
  expect(out).toBe(`REVOKED  ${id}\n`);
  expect(acts().map(({ act, subject }) => [act, subject])).toEqual([
    ["token.create", id],
    ["token.revoke", id],
  ]);
});

it("ending a token that is not there is no act, and what is no id is not repeated", async () => {
  await expect(tokenRevoke("aaaaaaaaaaaa", { data })).rejects.toThrow("there is no token aaaaaaaaaaaa");
  expect(() => tokenRevoke("wbt_typed wrong", { data })).toThrow(/^that is no id of a token$/);
  expect(acts()).toEqual([]);
});

it("a token that may not send the most confidential data comes with the header that its calls need", async () => {
  await secretOf();
  expect(err).toContain("x-weighbridge-data-class: internal");
  err = "";
  await secretOf("restricted");
  expect(err).not.toContain("x-weighbridge-data-class");
});

it("a role without the API is refused, as it would do nothing", () => {
  expect(() => tokenCreate({ ...FOR_THE_GATEWAY, scope: ["infer"], role: ["viewer"], data })).toThrow("a role counts for the API alone");
});
