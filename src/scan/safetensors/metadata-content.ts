/** What a text in a model's metadata holds beside plain words. */
export interface MetadataContent {
  readonly kind: "pickle" | "script" | "address";
  /** For a person. */
  readonly what: string;
  /** A serialised program: only this is more than a note. */
  readonly calls: boolean;
}

const PICKLE_CALL = /c[\w.]+\n[\w.]+\n|i[\w.]+\n[\w.]+\n/;
const SCRIPT =
  /^#![ /]|<script\b|<\?php|\bjavascript:|\b(?:import|from)\s+(?:os|subprocess|builtins|ctypes|socket|pickle|marshal|importlib)\b|\b(?:os\.system|subprocess\.\w+|eval|exec|__import__|compile)\s*\(|\b(?:curl|wget)\s+\S*(?:https?:|-)|\bpowershell\b/i;

const ADDRESS = /\b(?:https?|ftp|file|ssh|s3|gs):\/\/[^\s"'<>]{1,100}|\bdata:\w+\/[\w.+-]+[;,]/i;

/** Looks at a text as a person would who asks why it is there; `cut` says that it goes on. Null for ordinary metadata. */
export function contentOf(text: string, cut = false): MetadataContent | null {
  const pickle = plainPickle(text, cut);
  if (pickle !== null) return pickle;
  if (SCRIPT.test(text)) return { kind: "script", what: "text that reads like a script", calls: false };
  const url = ADDRESS.exec(text);
  return url === null ? null : { kind: "address", what: `the address ${url[0]}`, calls: false };
}

/** A pickle of protocol 0, which is letters from end to end. Those in base64 and the like are looked for in every text (`src/scan/encoded`). */
function plainPickle(text: string, cut: boolean): MetadataContent | null {
  if (!(cut || text.trimEnd().endsWith(".")) || !/^\s*\(?c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n/.test(text)) return null;
  return { kind: "pickle", what: "a pickle", calls: PICKLE_CALL.test(text) };
}
