const DEEPEST = 6;
const MOST_ITEMS = 100;

/** A value as JSON can write it: errors as their parts, bytes as their number, nothing endless. */
export function loggable(value: unknown, depth = 0): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return typeof value === "function" || typeof value === "symbol" ? undefined : value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= DEEPEST) return "[deeper]";
  if (value instanceof Error) return errorParts(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => loggable(item, depth + 1));
  if (!isPlain(value)) return "toJSON" in value && typeof value.toJSON === "function" ? String(value.toJSON()) : "[object]";
  const members = Object.entries(value).slice(0, MOST_ITEMS);
  return Object.fromEntries(members.map(([name, member]) => [name, loggable(member, depth + 1)]));
}

function errorParts(error: Error, depth: number): Readonly<Record<string, unknown>> {
  const { code, hint } = error as Error & { readonly code?: unknown; readonly hint?: unknown }; // members that our errors and those of Node have
  return {
    name: error.name,
    ...(typeof code === "string" ? { code } : {}),
    message: error.message,
    ...(typeof hint === "string" ? { hint } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: loggable(error.cause, depth + 1) }),
  };
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
