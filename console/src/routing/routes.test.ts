import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { pathOf, type Route, routeOf } from "./routes.ts";

const at = (path: string) => routeOf(new URL(path, "http://here"));

it.each([
  ["/", { page: "overview" }],
  ["/models?decision=hold&q=heron", { page: "models", decision: "hold", standing: undefined, q: "heron", cursor: undefined }],
  ["/models?decision=maybe&standing=x", { page: "models", decision: undefined, standing: undefined, q: undefined, cursor: undefined }],
  ["/models/sha256%3Aab", { page: "model", id: "sha256:ab" }],
  ["/approvals/", { page: "approvals", digest: null }],
  ["/deployments/new?artifact=heron", { page: "deploy", artifact: "heron" }],
  ["/log?before=x", { page: "log", before: undefined }],
  ["/log/12", { page: "entry", index: 12 }],
  ["/log/012", { page: "not-found" }],
  ["/log/-1", { page: "not-found" }],
  ["/settings", { page: "settings", part: "tokens" }],
  ["/settings/secrets", { page: "not-found" }],
  ["/a/b/c", { page: "not-found" }],
  ["/models/%ff", { page: "not-found" }],
])("%s leads to one place", (path, route) => expect(at(path)).toEqual(route));

const text = fc.string({ unit: "binary", minLength: 1, maxLength: 60 }).filter((id) => id.isWellFormed() && id !== "." && id !== "..");
const route: fc.Arbitrary<Route> = fc.oneof(
  fc.constantFrom<Route>({ page: "overview" }, { page: "submit" }, { page: "approvals", digest: null }, { page: "settings", part: "acts" }),
  text.map((id) => ({ page: "model" as const, id })),
  text.map((digest) => ({ page: "approvals" as const, digest })),
  text.map((q) => ({ page: "models" as const, decision: "deny" as const, standing: "revoked" as const, q, cursor: "7" })),
  fc.nat().map((index) => ({ page: "entry" as const, index })),
  fc.nat().map((before) => ({ page: "log" as const, before })),
);

test.prop([route])("an address leads back to its place, and stays on this site", (place) => {
  const url = new URL(pathOf(place), "http://here");
  expect(url.origin).toBe("http://here");
  expect(routeOf(url)).toEqual(place);
});
