import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { returnPathOf } from "./return-path.ts";

describe("after a sign-in one goes on", () => {
  it.each([
    ["/", "/"],
    ["/models/heron?decision=hold", "/models/heron?decision=hold"],
    ["/models/b%C3%A9ta", "/models/b%C3%A9ta"],
    ["/models/../log#proof", "/log"],
    ["/x\r\nSet-Cookie: a=b", "/xSet-Cookie:%20a=b"],
    ["/http://evil.example", "/http://evil.example"],
  ])("from %j at %s", (asked, path) => expect(returnPathOf(asked)).toBe(path));

  it.each([
    undefined,
    "",
    "models",
    "https://evil.example/",
    "//evil.example",
    "//evil.example/models",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/.//evil.example",
    "/models/..//evil.example",
    "/%2e//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    "javascript:alert(1)",
    "/api/v1/oidc/start",
    "/./api/v1/sign-out",
    `/${"x".repeat(2000)}`,
  ])("from %j at the first page", (asked) => expect(returnPathOf(asked)).toBe("/"));

  const hostile = fc.string({
    unit: fc.constantFrom("/", "\\", ".", "%2f", "%5c", "%2e", "\t", "\n", "@", ":", "evil", "?", "#", " ", "é"),
    maxLength: 20,
  });
  test.prop([hostile])("never on another site, nor out of the header, whatever was asked for", (text) => {
    const path = returnPathOf(`/${text}`);
    expect(new URL(path, "https://own.example").origin).toBe("https://own.example");
    expect(path).toMatch(/^\/[\x21-\x7e]*$/);
  });
});
