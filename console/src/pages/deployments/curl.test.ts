import { expect, it } from "vitest";
import { baseUrlOf, curlFor } from "./curl.ts";

it.each(["http://127.0.0.1:4810", "http://127.0.0.1:4810/", "http://127.0.0.1:4810/v1", "http://127.0.0.1:4810/v1/"])("%s has one base", (gateway) =>
  expect(baseUrlOf(gateway)).toBe("http://127.0.0.1:4810/v1"),
);

it("quotes a name that means something to a shell", () => {
  expect(curlFor("http://h", "a'$(id)")).toContain(`-d '{"model":"a'\\''$(id)"`);
});
