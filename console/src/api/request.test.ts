import { afterEach, expect, it, vi } from "vitest";
import { failureOf, failureText } from "./failure.ts";
import { ask, request, watchRequests } from "./request.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  watchRequests(() => {});
});

function answer(status: number, body: string | null, type = "application/problem+json"): string[] {
  const seen: string[] = [];
  watchRequests((what) => seen.push(what));
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status, headers: { "content-type": type } })));
  return seen;
}

const PROBLEM = JSON.stringify({ code: "WB_REGISTRY_NOT_FOUND", detail: "no decision about it is known", hint: "See the list" });

it("yields what was answered", async () => {
  const seen = answer(200, '{"a":1}', "application/json");
  expect(await ask("/x")).toEqual({ a: 1 });
  expect(seen).toEqual(["answered"]);
});

it("yields null for an answer without a body", async () => {
  answer(204, null);
  expect(await request("POST", "/x", { body: {} })).toBeNull();
});

it("says a problem in sentences", async () => {
  answer(404, PROBLEM);
  const failure = await ask("/x").catch(failureOf);
  expect(failureText(failure as ReturnType<typeof failureOf>)).toEqual({
    title: "No decision about it is known.",
    hint: "See the list.",
    code: "WB_REGISTRY_NOT_FOUND",
  });
});

it("tells apart: signed out, unreachable, another server's page", async () => {
  const seen = answer(401, PROBLEM);
  expect(await ask("/x").catch(failureOf)).toEqual({ kind: "signed-out" });
  expect(seen).toEqual(["signed-out"]);
  answer(502, "<html>", "text/html");
  expect(await ask("/x").catch(failureOf)).toEqual({ kind: "not-understood", status: 502 });
  answer(200, "<html>", "text/html");
  expect(await ask("/x").catch(failureOf)).toEqual({ kind: "not-understood", status: 200 });
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed to fetch")));
  expect(await ask("/x").catch(failureOf)).toEqual({ kind: "unreachable" });
});

it("says why a link did not sign in, though the status is that of nobody signed in", async () => {
  answer(401, JSON.stringify({ code: "WB_SIGN_IN_LINK", detail: "used", hint: "" }));
  expect(await ask("/x").catch(failureOf)).toMatchObject({ kind: "problem" });
});

it("leaves out what a query does not say", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    return Promise.resolve(new Response("{}"));
  });
  await ask("/artifacts", { query: { q: "a&b", decision: undefined, cursor: "" } });
  expect(asked).toEqual(["/api/v1/artifacts?q=a%26b"]);
});
