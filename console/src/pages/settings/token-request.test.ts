import { expect, it } from "vitest";
import { EMPTY_TOKEN_FORM, tokenRequest } from "./token-request.ts";

it("asks for no more than was said", () => {
  expect(tokenRequest({ ...EMPTY_TOKEN_FORM, name: " CI " })).toEqual({ name: "CI", scopes: ["infer"], roles: [], dataClass: "internal", days: 30 });
});

it("splits names of deployments, and leaves roles out where they mean nothing", () => {
  const form = {
    ...EMPTY_TOKEN_FORM,
    name: "CI",
    roles: ["admin" as const],
    deployments: "heron, , chat-small",
    team: " search ",
    requestsPerMinute: 5,
  };
  expect(tokenRequest(form)).toMatchObject({ roles: [], deployments: ["heron", "chat-small"], team: "search", requestsPerMinute: 5 });
  expect(tokenRequest({ ...form, scopes: ["api"] })).toMatchObject({ roles: ["admin"] });
});
