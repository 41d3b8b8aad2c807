/** What stands in a log where a secret would. */
const REDACTED = "[redacted]";

/** Names, without case and punctuation, of what holds a secret whatever it looks like. */
const SECRET_NAMES: ReadonlySet<string> = new Set(
  [
    "authorization proxyauthorization wwwauthenticate cookie cookies setcookie",
    "token accesstoken refreshtoken idtoken bearer csrf csrftoken secret clientsecret password passwd passphrase",
    "apikey xapikey privatekey key credentials codeverifier link session",
  ].flatMap((line) => line.split(" ")),
);

interface Look {
  /** Part of every text that has such a secret: looking for it costs nothing. */
  readonly mark?: string;
  readonly pattern: RegExp;
  readonly left: string;
}

/** What secrets look like inside other text, and what is left of them. */
const LOOKS: readonly Look[] = [
  { mark: "wbt_", pattern: /wbt_([a-z2-7]{12})_[A-Za-z0-9_-]{10,}/g, left: `wbt_$1_${REDACTED}` }, // our tokens; their id is no secret
  { pattern: /(?<![A-Za-z0-9_-])(?=[a-z_-]{0,42}[A-Z0-9])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g, left: REDACTED }, // 32 random bytes: links, sessions
  { mark: "eyJ", pattern: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9._-]+/g, left: REDACTED }, // JSON web tokens
  { pattern: /\b(bearer|basic|digest)(\s{1,9})[A-Za-z0-9._~+/=-]{6,}/gi, left: `$1$2${REDACTED}` },
  { pattern: /\b((?:set-)?cookie\s{0,9}:)[^\r\n]+/gi, left: `$1 ${REDACTED}` },
  { mark: "__", pattern: /(__(?:Host|Secure)-[\w-]{1,64}=)[^;\s"]+/g, left: `$1${REDACTED}` },
  { pattern: /\b(?:(?:sk|pk|rk)[-_]|hf_|gh[opsu]_|github_pat_|glpat-|xox[abprs]-|AKIA)[A-Za-z0-9_-]{14,}/g, left: REDACTED },
  { mark: "://", pattern: /(:\/\/)[^\s/?#"@]{1,512}@/g, left: `$1${REDACTED}@` },
  {
    mark: "=",
    pattern: /([?&#](?:access_token|id_token|refresh_token|token|code|state|client_secret|api_key|key|link|secret|password)=)[^&#\s"]+/gi,
    left: `$1${REDACTED}`,
  },
  {
    mark: "PRIVATE KEY",
    pattern: /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,32}PRIVATE KEY-----|$)/g,
    left: REDACTED,
  },
];

const SHORTEST_SECRET = 6;
const LONGEST_TEXT = 8192;

/** Takes out of a text what looks like a secret; what is too long for a log is cut. */
export function redactText(text: string): string {
  if (text.length < SHORTEST_SECRET) return text;
  const kept = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  return LOOKS.reduce(
    (left, { mark, pattern, left: rest }) => (mark === undefined || left.includes(mark) ? left.replace(pattern, rest) : left),
    kept,
  );
}

/** Takes the secrets out of a value that came from JSON: by the names of members, and by the looks of texts. */
export function redact(value: unknown): unknown {
  if (typeof value === "string") return redactText(value);
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [redactText(name), isSecret(name, member) ? REDACTED : redact(member)]));
}

/** Numbers under such a name are counts. */
function isSecret(name: string, member: unknown): boolean {
  if (typeof member === "number" || typeof member === "boolean" || member === null) return false;
  return SECRET_NAMES.has(name.toLowerCase().replace(/[^a-z]/g, ""));
}
