import type { InferenceRequest } from "./inference-request.ts";
import { type MemberSpan, membersOf } from "./json-members.ts";

export interface BodyChanges {
  /** What the model server calls the model; null: as the client does. */
  readonly model: string | null;
  /** The most tokens that each choice may have; null: as the client said. */
  readonly maxOutput: number | null;
}

/**
 * The bytes that the model server gets: those of the client, but for the members that have to be others. All else stays as it was written: the order of
 * members, the digits of numbers, the escapes of strings.
 */
export function forwardedBody(request: InferenceRequest, { model, maxOutput }: BodyChanges): Buffer {
  const { bytes, spans, stream, wantsUsage, dropped } = request;
  const changes = new Map<string, string>();
  if (model !== null && model !== request.model) changes.set("model", JSON.stringify(model));
  if (stream && !wantsUsage) changes.set("stream_options", withUsage(request));
  if (maxOutput !== null) for (const name of limitsIn(spans.members)) changes.set(name, String(maxOutput));
  if (changes.size === 0 && dropped.length === 0) return bytes;
  return patched(bytes, spans.members, spans.close, changes, dropped);
}

/** The limits that a request names; `max_tokens` where it names none, as every model server knows that one. */
function limitsIn(members: readonly MemberSpan[]): readonly string[] {
  const named = members.map(({ key }) => key).filter((key) => key === "max_tokens" || key === "max_completion_tokens");
  return named.length === 0 ? ["max_tokens"] : named;
}

/** `stream_options` with `include_usage`, the rest as the client wrote it. */
function withUsage({ bytes, spans }: InferenceRequest): string {
  const written = spans.members.find(({ key }) => key === "stream_options");
  const text = written === undefined ? "null" : bytes.toString("latin1", written.valueAt, written.valueEnd);
  const inner = membersOf(text);
  if (inner.kind !== "object") return '{"include_usage":true}'; // null: the request was checked
  const options = patched(Buffer.from(text, "latin1"), inner.members, inner.close, new Map([["include_usage", "true"]]), []);
  return options.toString("utf8");
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The bytes of an object with some members left out, some given other values and some added at its end. */
function patched(
  bytes: Buffer,
  members: readonly MemberSpan[],
  close: number,
  changes: ReadonlyMap<string, string>,
  dropped: readonly string[],
): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { from, to, text } of editsOf(members, close, changes, dropped)) {
    pieces.push(bytes.subarray(at, from));
    if (text !== "") pieces.push(Buffer.from(text));
    at = to;
  }
  pieces.push(bytes.subarray(at));
  return Buffer.concat(pieces);
}

/** In the order of their places. */
function editsOf(members: readonly MemberSpan[], close: number, changes: ReadonlyMap<string, string>, names: readonly string[]): readonly Edit[] {
  const edits: Edit[] = [];
  const dropped = new Set(names); // a client can spell them in thousands of ways
  const lastKept = members.findLastIndex(({ key }) => !dropped.has(key));
  for (const [i, { key, keyAt, valueAt, valueEnd }] of members.slice(0, lastKept + 1).entries()) {
    const text = changes.get(key);
    if (dropped.has(key))
      edits.push({ from: keyAt, to: members[i + 1]?.keyAt ?? valueEnd, text: "" }); // there is one, as the last is kept
    else if (text !== undefined) edits.push({ from: valueAt, to: valueEnd, text });
  }
  const end = members.at(-1)?.valueEnd ?? close;
  const keptEnd = members[lastKept]?.valueEnd ?? members[0]?.keyAt ?? close;
  const added = [...changes].filter(([name]) => !members.some(({ key }) => key === name)).map(([name, value]) => `${JSON.stringify(name)}:${value}`);
  const text = added.length === 0 ? "" : (lastKept >= 0 ? "," : "") + added.join(",");
  if (text !== "" || end > keptEnd) edits.push({ from: keptEnd, to: end, text });
  return edits;
}
