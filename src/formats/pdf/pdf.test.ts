import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { pdfDetector } from "./detect.ts";
import { pdfFormat } from "./format.ts";

const parse = (bytes: Buffer | string, limits = DEFAULT_LIMITS) =>
  pdfFormat.parse(bytesOf(Buffer.from(bytes as string, "latin1")), new Budget(limits));
const HEAD = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n";
const TAIL = "xref\n0 1\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n";

const objectStream = (inner: string, dictionary = "/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode") =>
  Buffer.concat([Buffer.from(`5 0 obj\n<< ${dictionary} >>\nstream\r\n`), deflateSync(inner), Buffer.from("\nendstream\nendobj\n")]).toString(
    "latin1",
  );

describe("pdf", () => {
  it("finds nothing in a plain document", async () => {
    const parsed = await parse(HEAD + objectStream("1 0 << /Type /Page >>") + TAIL);
    const size = parsed.facts.size;
    expect(parsed).toEqual({ kind: "parsed", anomalies: [], facts: { active: [], encrypted: false, closedStreams: 0, endsAt: size, size } });
  });

  it.each([
    ["/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", "JavaScript"],
    ["/A << /S /J#61vaScript /JS (x) >>", "JavaScript"],
    ["/A << /S /Launch /F (cmd.exe) >>", "Launch"],
    ["<< /Type /EmbeddedFile >>", "EmbeddedFile"],
  ])("finds the active name in %s, plain and in an object stream", async (syntax, name) => {
    const plain = await parse(`${HEAD}2 0 obj\n<< ${syntax} >>\nendobj\n${TAIL}`);
    expect(plain.facts.active.map((entry) => entry.name)).toEqual([name]);
    const packed = await parse(HEAD + objectStream(`1 0 << ${syntax} >>`) + TAIL);
    expect(packed.facts.active).toEqual([{ name, at: HEAD.length + 17 }]);
  });

  it("takes no longer name for an active one", async () => {
    expect((await parse(`${HEAD}<< /LaunchPad 1 /NotJavaScript 2 /JavaScripts 3 >>\n${TAIL}`)).facts.active).toEqual([]);
  });

  it("counts object streams that it cannot open, and notes encryption", async () => {
    const odd = objectStream("1 0 << >>", "/Type /ObjStm /Filter /LZWDecode");
    const torn = objectStream("1 0 << >>").replace("stream\r\nx", "stream\r\n!");
    const { facts } = await parse(`${HEAD + odd + torn}<< /Encrypt 9 0 R >>\n${TAIL}`);
    expect(facts).toMatchObject({ closedStreams: 2, encrypted: true });
  });

  it("hands out all of its bytes, and notes where it ends", async () => {
    const whole = HEAD + TAIL;
    const { facts } = await parse(`${whole}PK\x03\x04`);
    expect(facts.endsAt).toBe(whole.length);
    expect(pdfFormat.children?.(facts)).toEqual([{ name: "bytes", region: { in: "slice", offset: 0, size: whole.length + 4 }, treatment: "search" }]);
    expect((await parse(`${whole}\r\n\0\0`)).facts.endsAt).toBe(whole.length + 4);
  });

  it("is broken without an end-of-file mark", async () => {
    expect(await parse(HEAD)).toMatchObject({ kind: "broken", why: "no end-of-file mark" });
  });

  it("names the bound that was reached", async () => {
    const bomb = HEAD + objectStream("0".repeat(2_000_000)) + TAIL;
    expect(await parse(bomb, { ...DEFAULT_LIMITS, maxInflatedBytes: 1000 })).toMatchObject({
      kind: "limit",
      why: "maxInflatedBytes of 1000 reached",
    });
  });

  it("is told by its header", async () => {
    const detect = (text: string) =>
      pdfDetector.detect({ head: Buffer.from(text), tail: Buffer.from(text), size: text.length, at: async () => Buffer.alloc(0) });
    expect(await detect("%PDF-1.4\n")).toBe("yes");
    expect(await detect("# %PDF-1.4\n")).toBe("no");
  });
});

formatContract(pdfFormat, [Buffer.from(HEAD + objectStream("1 0 << /S /Launch >>") + TAIL, "latin1")], { truncateUpTo: 200 });
