import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { MAX_EVENT_BYTES, MAX_LINE_BYTES, SseDecoder, type SseTrouble } from "./sse-decoder.ts";

interface Decoded {
  readonly events: readonly { readonly data: string | null; readonly name: string; readonly raw: string }[];
  readonly trouble: SseTrouble | null;
  readonly isInside: boolean;
}

function decode(chunks: readonly (string | Buffer)[]): Decoded {
  const events: { data: string | null; name: string; raw: string }[] = [];
  const decoder = new SseDecoder((data, name, bytes, from, to) => events.push({ data, name, raw: bytes.toString("utf8", from, to) }) > 0);
  for (const chunk of chunks) {
    const trouble = decoder.push(Buffer.from(chunk));
    if (trouble !== null) return { events, trouble, isInside: decoder.isInside };
  }
  return { events, trouble: null, isInside: decoder.isInside };
}

const datas = (chunks: readonly (string | Buffer)[]) => decode(chunks).events.map(({ data }) => data);

const STREAM = 'data: {"a":"Gr\u00fc\u00dfe \u{1f6a2}"}\r\n\r\n: ping\n\nevent: error\rdata: x\rdata:y\r\r\n\ndata\n\nid: 5\ndata: [DONE]\n\n';
const STREAM_DATA = ['{"a":"Gr\u00fc\u00dfe \u{1f6a2}"}', null, "x\ny", "", "[DONE]"];

describe("SseDecoder", () => {
  it("reads all ends of lines, comments, fields without value, data of several lines", () => {
    expect(datas([STREAM])).toEqual(STREAM_DATA);
    expect(decode([STREAM]).events[2]).toMatchObject({ name: "error" });
  });

  it("hands out events in the bytes that they came in", () => {
    expect(decode(["data: a\n\ndata: b\r\n\r\n"]).events.map(({ raw }) => raw)).toEqual(["data: a\n\n", "data: b\r\n\r\n"]);
  });

  it("yields the same for every cut into two, byte by byte", () => {
    const bytes = Buffer.from(STREAM);
    for (let at = 0; at <= bytes.length; at++) expect(datas([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(STREAM_DATA);
    expect(datas([...bytes].map((byte) => Buffer.from([byte])))).toEqual(STREAM_DATA);
  });

  it("hands out nothing of an event that does not end", () => {
    expect(decode(["data: a\n\ndata: b\n"])).toMatchObject({ events: [{ data: "a" }], isInside: true });
    expect(decode(["data: a\n\n"])).toMatchObject({ isInside: false });
  });

  it("takes a byte order mark for none of the data, and only at the beginning", () => {
    expect(decode(["\uFEFFdata: a\n\ndata: \uFEFFb\n\n"]).events).toEqual([
      { data: "a", name: "", raw: "data: a\n\n" },
      { data: "\uFEFFb", name: "", raw: "data: \uFEFFb\n\n" },
    ]);
  });

  it("refuses what is not UTF-8, in data, comments and names, however it is cut", () => {
    for (const field of ["data: ", ": ", "event: "]) {
      const bytes = Buffer.concat([Buffer.from(field), Buffer.from([0xc3]), Buffer.from("\n\n")]);
      for (let at = 0; at <= bytes.length; at++)
        expect(decode([bytes.subarray(0, at), bytes.subarray(at)])).toMatchObject({ events: [], trouble: "not-utf8" });
    }
  });

  it("refuses a line without end, whether it came whole or in pieces", () => {
    const long = `data: ${"x".repeat(MAX_LINE_BYTES)}`;
    expect(decode([long]).trouble).toBe("line-too-long");
    expect(decode([`${long}\n\n`]).trouble).toBe("line-too-long");
    expect(decode([long.slice(0, 700_000), long.slice(700_000)]).trouble).toBe("line-too-long");
  });

  it("refuses an event without end", () => {
    const line = `data: ${"x".repeat(1000)}\n`;
    const lines = line.repeat(Math.ceil(MAX_EVENT_BYTES / line.length) + 1);
    expect(decode([lines]).trouble).toBe("event-too-long");
    expect(decode([`${lines}\n`]).trouble).toBe("event-too-long");
  });

  it("copies an event that comes in many small pieces about twice, not each time", () => {
    let copied = 0;
    const copy = Buffer.prototype.copy;
    Buffer.prototype.copy = function (this: Buffer, ...args: Parameters<typeof copy>) {
      const bytes = copy.apply(this, args);
      copied += bytes;
      return bytes;
    };
    try {
      const decoder = new SseDecoder(() => true);
      for (let i = 0; i < 100_000; i++) decoder.push(Buffer.from("data: 1234\n"));
      expect(copied).toBeLessThan(4 * 1_100_000);
    } finally {
      Buffer.prototype.copy = copy;
    }
  });

  it("stops when it is told to", () => {
    const seen: (string | null)[] = [];
    const decoder = new SseDecoder((data) => {
      seen.push(data);
      return data !== "b";
    });
    decoder.push(Buffer.from("data: a\n\ndata: b\n\ndata: c\n\n"));
    expect(seen).toEqual(["a", "b"]);
  });

  test.prop([
    fc.array(
      fc.tuple(
        fc.constantFrom("data: ", "data:", ": ", "event: ", "x: ", ""),
        fc.string({ unit: "grapheme", maxLength: 8 }),
        fc.constantFrom("\n", "\r\n", "\r", "\n\n"),
      ),
      {
        maxLength: 20,
      },
    ),
    fc.array(fc.nat(200), { maxLength: 5 }),
  ])("does not care how a stream is cut", (lines, cuts) => {
    const bytes = Buffer.from(lines.map((parts) => parts.join("")).join(""));
    const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
    const chunks = places.slice(1).map((place, i) => bytes.subarray(places[i], place));
    expect(datas(chunks)).toEqual(datas([bytes]));
  });
});
