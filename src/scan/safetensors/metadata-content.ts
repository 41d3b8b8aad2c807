/** What a text in a model's metadata holds beside plain words. */
export interface MetadataContent {
  readonly what: string;
  /** A serialised program: only this is more than a note. */
  readonly calls: boolean;
}

const PICKLE_CALL = /(?:\x93|c[\w.]+\n[\w.]+\n|\x81|i[\w.]+\n[\w.]+\n)/;
const SCRIPT =
  /^#![ /]|<script\b|<\?php|\bjavascript:|\b(?:import|from)\s+(?:os|subprocess|builtins|ctypes|socket|pickle|marshal|importlib)\b|\b(?:os\.system|subprocess\.\w+|eval|exec|__import__|compile)\s*\(|\b(?:curl|wget)\s+\S*(?:https?:|-)|\bpowershell\b/i;

const ADDRESS = /\b(?:https?|ftp|file|ssh|s3|gs):\/\/[^\s"'<>]{1,100}|\bdata:\w+\/[\w.+-]+[;,]/i;

/** Looks at a text as a person would who asks why it is there; `cut` says that it goes on. Null for ordinary metadata. */
export function contentOf(text: string, cut = false): MetadataContent | null {
  const decoded = decodedPickle(text, cut);
  if (decoded !== null) return decoded;
  if (SCRIPT.test(text)) return { what: "text that reads like a script", calls: false };
  const url = ADDRESS.exec(text);
  return url === null ? null : { what: `the address ${url[0]}`, calls: false };
}

/** A pickle written as base64 or hexadecimal, or as plain protocol 0. */
function decodedPickle(text: string, cut: boolean): MetadataContent | null {
  const plain = text.trim();
  const encoding = encodingOf(plain);
  const bytes = encoding === null ? plain : Buffer.from(plain, encoding).toString("latin1");
  const ends = cut || bytes.trimEnd().endsWith(".");
  if (!ends || !/^(?:\x80[\x02-\x05]|\(?c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n)/.test(bytes)) return null;
  return { what: encoding === null ? "a pickle" : `a pickle in ${encoding}`, calls: PICKLE_CALL.test(bytes) };
}

function encodingOf(text: string): "hex" | "base64" | null {
  if (text.length < 16) return null;
  if (text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text)) return "hex";
  return /^[A-Za-z0-9+/_\s-]+={0,2}$/.test(text) ? "base64" : null;
}
