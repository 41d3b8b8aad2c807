import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { BodiesUnderWay, type BodyRead, readBody } from "./read-body.ts";

/** A request whose body the test writes, and how reading it ended. */
function reading(maxBytes: number, underWay: BodiesUnderWay) {
  const body = new PassThrough();
  const ended: BodyRead[] = [];
  readBody(body as unknown as IncomingMessage, { maxBytes, timeoutMs: 60_000, underWay }, (read) => ended.push(read)); // a stream is all that it reads
  return { body, ended };
}

const turn = () => new Promise((done) => setImmediate(done));

describe("readBody", () => {
  it("yields the bytes in whatever pieces they come", async () => {
    const { body, ended } = reading(10, new BodiesUnderWay(100));
    body.write("he");
    body.end("llo");
    await turn();
    expect(ended).toEqual([Buffer.from("hello")]);
  });

  it("takes a body of just the bound, and none of a byte more", async () => {
    const [fits, over] = [reading(4, new BodiesUnderWay(100)), reading(4, new BodiesUnderWay(100))];
    fits.body.end("1234");
    over.body.end("12345");
    await turn();
    expect(fits.ended).toEqual([Buffer.from("1234")]);
    expect(over.ended).toEqual(["too-large"]);
  });

  it("turns away what does not fit beside the bodies of others, and takes it when they are gone", async () => {
    const underWay = new BodiesUnderWay(10);
    const first = reading(8, underWay);
    first.body.write("12345678");
    const second = reading(8, underWay);
    second.body.write("1234");
    await turn();
    expect(second.ended).toEqual(["too-many"]);
    first.body.end();
    await turn();
    const third = reading(8, underWay);
    third.body.end("12345678");
    await turn();
    expect(third.ended).toEqual([Buffer.from("12345678")]);
  });
});
