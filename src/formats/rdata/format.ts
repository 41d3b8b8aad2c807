import type { ByteSource } from "../../bytes.ts";
import type { ChildRef, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { StreamBreak } from "../window/window.ts";
import { AsciiCursor } from "./ascii-cursor.ts";
import { BinaryCursor } from "./binary-cursor.ts";
import type { Cursor } from "./cursor.ts";
import type { RdataFacts } from "./facts.ts";
import { Machine } from "./machine.ts";

/** An object of R (`saveRDS`) or a workspace (`save`), without the compression that R puts around it. */
export const rdata: Format<RdataFacts> = {
  id: "rdata",
  parse,
  children: ({ size, endsAt, raws, encoding }) => [
    ...(encoding === "ascii" ? [] : raws).map(
      ({ offset, size: bytes }): ChildRef => ({ name: `raw@${offset}`, region: { in: "slice", offset, size: bytes }, treatment: "probe" }),
    ),
    ...(endsAt < size
      ? [{ name: `unowned@${endsAt}`, region: { in: "slice", offset: endsAt, size: size - endsAt }, treatment: "search" } satisfies ChildRef]
      : []),
  ],
};

const ENCODINGS = { X: "xdr", B: "native", A: "ascii" } as const;
const MAX_ENCODING_NAME = 64;
/** At a break, so many of the bytes that were read may be the start of something else: flags, a length. */
const READ_AHEAD = 12;

async function parse(bytes: ByteSource, budget: Budget): Promise<Parsed<RdataFacts>> {
  const start = Buffer.from(await bytes.read(0, Math.min(8, bytes.size))).toString("latin1");
  const [whole = "", workspace, letter = ""] = /^(RD[XAB][23]\n)?([XAB])\n/.exec(start) ?? [];
  const cursor = letter === "A" ? new AsciiCursor(bytes, whole.length, budget) : new BinaryCursor(bytes, whole.length, letter === "B", budget);
  const machine = new Machine(cursor, budget);
  let version = 0;
  const facts = (endsAt: number): RdataFacts => ({
    size: bytes.size,
    workspace: workspace !== undefined,
    version,
    encoding: ENCODINGS[letter as keyof typeof ENCODINGS] ?? null, // one of the letters, or empty
    ...machine.notes.facts(),
    endsAt,
  });
  try {
    if (whole === "") throw new StreamBreak("no header of an R object");
    version = await readHeader(cursor);
    await machine.run(workspace !== undefined);
    const endsAt = await skipNewline(cursor, bytes, letter === "A");
    const anomalies = endsAt === bytes.size ? [] : [{ kind: "trailing", at: endsAt, what: `${bytes.size - endsAt} bytes behind the object` }];
    return { kind: "parsed", facts: facts(endsAt), anomalies };
  } catch (error) {
    if (error instanceof StreamBreak)
      return {
        kind: "broken",
        facts: facts(Math.max(0, Math.min(cursor.at, bytes.size) - READ_AHEAD)),
        anomalies: [],
        at: cursor.at,
        why: error.message,
      };
    if (error instanceof LimitError) return { kind: "limit", facts: facts(bytes.size), anomalies: [], at: cursor.at, why: error.message };
    throw error;
  } finally {
    machine.close();
    cursor.close();
  }
}

/** Version, R that wrote it, oldest R that reads it; from version 3 on the encoding of texts. */
async function readHeader(cursor: Cursor): Promise<number> {
  await cursor.need();
  const version = cursor.int();
  cursor.int();
  cursor.int();
  if (version !== 2 && version !== 3) throw new StreamBreak(`version ${version} of the serialisation`);
  if (version === 2) return version;
  const length = cursor.int();
  if (length < 0 || length > MAX_ENCODING_NAME) throw new StreamBreak(`an encoding with a name of ${length} bytes`);
  cursor.text(length);
  return version;
}

/** The text form ends with a new line. */
async function skipNewline(cursor: Cursor, bytes: ByteSource, ascii: boolean): Promise<number> {
  const { at } = cursor;
  return ascii && at + 1 === bytes.size && (await bytes.read(at, 1))[0] === 0x0a ? at + 1 : at;
}
