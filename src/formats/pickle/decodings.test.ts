import { describe, expect, it } from "vitest";
import { assemble, bin, call, PAYLOAD, type Piece, PROTO4, STOP, str } from "../../../test/fixtures/pickle/assemble.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { type Decoding, unpacked } from "./decodings.ts";
import { parsePickle } from "./parse.ts";

const budget = () => new Budget(DEFAULT_LIMITS);
const TEXT = "import os;os.system('true')\n";

describe("steps of unpacking", () => {
  /** Written by the standard library of Python 3.11: binascii, base64, codecs, bz2, lzma, zlib, gzip. */
  it.each<readonly [Decoding, string]>([
    ["base16", "3639366437303666373237343230366637333362366637333265373337393733373436353664323832373734373237353635323732393061"],
    ["base32", "4e465758413333534f51514736345a334e355a533434335a4f4e32474b334a494535324845354c4645345551553d3d3d"],
    ["base64", "6157317762334a304947397a4f32397a4c6e4e356333526c6253676e64484a315a53637043673d3d0a"],
    ["base85", "583e442b4361262362586233315179455e7e517662592a515143763c586b5768575e4c"],
    ["ascii85", "426c2e672d45636046424624223b5d2f6f753b5a4643663b3b2d5a6a424f414c416f36"],
    ["uu", "3c3a3655503b57295428265d532e565d532b472d593c5731453b3240473d27295539323c49224020200a"],
    ["quoted-printable", "696d706f7274206f733b6f732e73797374656d28277472756527293d3041"],
    ["rot13", "767a636265672062663b62662e666c6667727a28276765687227290a"],
    ["bzip2", "425a68393141592653599e3d18e40000055980001040e100080222de20200031434d3000446862699a26c323a82a4658130e1b2575720cfe2ee48a70a1213c7a31c8"],
    [
      "xz",
      "fd377a585a000004e6d6b4460200210116000000742fe5a301001b696d706f7274206f733b6f732e73797374656d28277472756527290a000586e6f33dfc479b0001341c931aad8f1fb6f37d010000000004595a",
    ],
    ["zlib", "789ccbcc2dc82f2a51c82fb6ce2fd62bae2c2e49cdd5502f292a4d55d7e402009c5409f7"],
    ["gzip", "1f8b0800000000000203cbcc2dc82f2a51c82fb6ce2fd62bae2c2e49cdd5502f292a4d55d7e402003911d37b1c000000"],
  ])("undoes %s", async (step, hex) => {
    const out = await unpacked(Buffer.from(hex, "hex"), [step], budget());
    expect(Buffer.from(out ?? []).toString()).toBe(TEXT);
  });

  it.each<Decoding>(["base32", "base85", "ascii85", "bzip2", "gzip", "xz", "zlib"])("has nothing of what is no %s", async (step) => {
    expect(await unpacked(Buffer.from("\x00\xff ~\x7f\x00\x01", "latin1"), [step], budget())).toBeNull();
  });

  it("has nothing of what unpacks to more than is looked at", async () => {
    const { deflateSync } = await import("node:zlib");
    expect(await unpacked(deflateSync(Buffer.alloc(5 * 1024 * 1024)), ["zlib"], budget())).toBeNull();
  });
});

describe("what calls in a stream unpack", () => {
  const facts = async (...pieces: readonly Piece[]) => (await parsePickle(bytesOf(assemble(PROTO4, ...pieces, "STOP")), budget())).facts;
  const inner = Buffer.concat([PAYLOAD, STOP]);
  const hex = str(inner.toString("hex"));

  it("is followed where it is a pickle, through several steps", async () => {
    const packed = str(Buffer.from(inner.toString("hex")).toString("base64"));
    const { nested } = await facts(call("pickle", "loads", call("binascii", "unhexlify", call("base64", "b64decode", packed))));
    expect(nested.map(({ encoding, decodedBy, size }) => [encoding, decodedBy, size])).toEqual([["base64, base16", "pickle.loads", inner.length]]);
    expect(nested[0]?.facts.globals.map(({ module, name }) => `${module}.${name}`)).toEqual(["os.system"]);
  });

  it("is shown where it is anything else", async () => {
    const { unpacked: found } = await facts(call("builtins", "exec", call("codecs", "decode", str("vzcbeg bf"), str("rot-13"))));
    expect(found).toEqual([{ offset: 0, encoding: "rot13", size: 9, takenBy: "builtins.exec", shown: "import os" }]);
  });

  it.each([
    ["another codec", call("codecs", "decode", hex, str("utf8"))],
    ["another function of that name", call("acme", "unhexlify", hex)],
    ["no literal", call("binascii", "unhexlify", call("acme", "read"))],
  ])("is left alone: %s", async (_, bytes) => expect((await facts(call("acme", "use", bytes))).unpacked).toEqual([]));

  it("counts no more than a few", async () => {
    const many = Array.from({ length: 300 }, (_, i) => call("acme", "use", call("binascii", "unhexlify", bin(Buffer.from(`${1000 + i}`)))));
    expect((await facts(...many.flatMap((each) => [each, "POP"] as const), "NONE")).unpacked.length).toBe(64);
  });
});
