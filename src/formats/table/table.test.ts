import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { tableFormat } from "./format.ts";

const parse = (text: string, limits = {}) => tableFormat.parse(bytesOf(Buffer.from(text, "latin1")), new Budget({ ...DEFAULT_LIMITS, ...limits }));
const formulas = async (text: string) => (await parse(text)).facts.formulas;

describe("cells that a spreadsheet takes for formulas", () => {
  it.each([
    ["a link", 'a,b\n=HYPERLINK("http://x"),2\n', [{ text: "=HYPERLINK(", at: 4 }]],
    ["a link between quotes", 'a,"=HYPERLINK(""http://x"")"\n', [{ text: '"=HYPERLINK(', at: 2 }]],
    ["a program, by DDE", "1\t@cmd|'/c calc'!A0\n", [{ text: "@cmd|'/c calc'!", at: 2 }]],
    ["one at the start", "+webservice(x)", [{ text: "+webservice(", at: 0 }]],
    [
      "two in a row",
      "=EXEC(1);-CALL(2)\n",
      [
        { text: "=EXEC(", at: 0 },
        { text: "-CALL(", at: 9 },
      ],
    ],
  ])("%s", async (_name, text, found) => expect(await formulas(text)).toEqual(found));

  it.each([
    ["arithmetic", "=1+2,-3,+4e5\n"],
    ["a sum", "=SUM(A1:A3)\n"],
    ["a word that begins like one", "x,hyperlink (blue),call me\n"],
    ["a name within a cell", "see =HYPERLINK(x)\n"],
  ])("are not: %s", async (_name, text) => expect(await formulas(text)).toEqual([]));

  it("are found once where a piece of the reading ends, and twenty at the most", async () => {
    const before = "x".repeat(1024 * 1024 - 4);
    expect(await formulas(`${before}\n=CALL(1)\n`)).toEqual([{ text: "=CALL(", at: before.length + 1 }]);
    expect(await formulas("=CALL(1)\n".repeat(100))).toHaveLength(20);
  });
});

it("keeps what was found before a bound, and stays the text that it is", async () => {
  expect(await parse(`=CALL(1)\n${"a,b\n".repeat(100_000)}`, { maxSteps: 20_000 })).toMatchObject({ kind: "limit" });
  expect(await parse("a,b\n\xff\n")).toMatchObject({ kind: "broken", at: 4 });
});

formatContract(tableFormat, [Buffer.from("a,b\n1,=cmd|'/c x'!A0\n"), Buffer.from('"a"\t"=HYPERLINK(""x"")"\r\n')]);
