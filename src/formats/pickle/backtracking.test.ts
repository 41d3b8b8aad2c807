import fc from "fast-check";
import { expect, it } from "vitest";
import { isExponential } from "./backtracking.ts";

it.each([
  "(a+)+$",
  "^(a*)*b",
  "(?:[a-z]+)*",
  "(?P<word>\\w+)+x",
  "(\\d+)*",
  "(a|a)+",
  "([^]]+)+",
  "((a+))+",
  "((?:a+))*",
  "(.*?)*",
  "(a{2,})*",
  "x(\\(+)+y",
  "(?i:a+)+",
])("%s takes exponential time", (pattern) => expect(isExponential(pattern)).toBe(true));

it.each([
  "(?u)\\b\\w\\w+\\b",
  "(?i:'s|'t|'re)|[^\\r\\n\\p{L}]?\\p{L}+|\\s+(?!\\S)|\\s+",
  "(?:[a-z]+\\.)+",
  "(?:\\w+ )*",
  "([a-z]+)",
  "([a-z]+)?",
  "([a-z]+){2,5}",
  "(?:[A-Za-z]|['-])+",
  "(a|b)*",
  "[(a+)+]",
  "\\(a+\\)+",
  "(?=a+)*",
  "(?>a+)+",
  "(a+)++",
  "(a+",
  "a+)+",
  "",
])("%s does not", (pattern) => expect(isExponential(pattern)).toBe(false));

it("answers any text, however long, in time that grows with it", () => {
  const pattern = fc.string({ unit: fc.constantFrom(..."(a|b)*+[]\\?:{},^"), maxLength: 60 });
  fc.assert(
    fc.property(pattern, (text) => {
      expect(isExponential(text)).toBe(isExponential(`${text}`));
    }),
    { numRuns: 300 },
  );
  expect(isExponential("(a".repeat(2000))).toBe(false);
  expect(isExponential(`${"(".repeat(2000)}a${")*".repeat(2000)}`)).toBe(true);
  expect(isExponential(`(${"a?".repeat(2000)})*`)).toBe(false);
});
