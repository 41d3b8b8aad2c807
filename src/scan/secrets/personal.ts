/** Something that tells of a person or of their machine. `text` may be shown: it is no credential. */
export interface PersonalDatum {
  readonly kind: "home-path" | "e-mail";
  readonly at: number;
  readonly text: string;
}

const HOME = /(?:(?<![\w.:/-])\/(?:home|Users)\/|(?<![A-Za-z])[A-Za-z]:(?:\\{1,2}|\/)Users(?:\\{1,2}|\/))([A-Za-z0-9._@-]{1,64})(?=[/\\])/g;
const HOME_MARKS = ["/home/", "Users"] as const;
const ADDRESS =
  /(?<![\w.+%-])[A-Za-z0-9](?:[\w.+%-]{0,62}[A-Za-z0-9])?@(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,4}[A-Za-z]{2,18}(?![\w-]|\.[A-Za-z0-9])/g;
/** What stands around an `@` or the mark of a home folder. */
const AROUND_BYTES = 160;
/** Marks tried in one document: a configuration has a handful. */
const MAX_TRIED = 2000;

/** Accounts that images and services have, and words that stand for any: they tell nothing of a person. */
const NOBODY =
  /^(?:user(?:name)?|ubuntu|debian|centos|ec2-user|azureuser|jovyan|runner|runneradmin|root|admin|administrator|docker|container|app|node|work(?:er|space)?|sagemaker-user|jupyter|colab|kaggle|data|model|models|shared?|public|default|me|you|yours?|your[-_.]?(?:user)?name|someone|xxx+|foo|bar|test|example)$/i;
const NOBODYS_ADDRESS =
  /^(?:no-?reply|git|user|you|your[-_.]?name|name|email|someone)@|@(?:[\w-]+\.)*(?:example\.(?:com|org|net)|domain\.com|email\.com|noreply\.github\.com|localhost|\w+\.(?:local|test|invalid|png|jpg|svg|json|py))$/i;

/** Home folders and e-mail addresses in a configuration or in metadata, one of each text, in order. `spent` is told of work. */
export function findPersonalData(bytes: Buffer, spent: (steps: number) => void): readonly PersonalDatum[] {
  const data = new Map<string, PersonalDatum>();
  const keep = (kind: PersonalDatum["kind"], nobody: RegExp) => (at: number, text: string, who: string) => {
    if (!nobody.test(who) && !data.has(text)) data.set(text, { kind, at, text });
  };
  for (const mark of HOME_MARKS) forEachMatch(bytes, mark, HOME, spent, keep("home-path", NOBODY));
  forEachMatch(bytes, "@", ADDRESS, spent, keep("e-mail", NOBODYS_ADDRESS));
  return [...data.values()].sort((a, b) => a.at - b.at);
}

/** Calls with each match of a pattern that has a mark in it, and with its first group. */
function forEachMatch(
  bytes: Buffer,
  mark: string,
  pattern: RegExp,
  spent: (steps: number) => void,
  found: (at: number, text: string, group: string) => void,
): void {
  let tried = 0;
  for (let at = bytes.indexOf(mark, 0, "latin1"); at !== -1 && tried < MAX_TRIED; at = bytes.indexOf(mark, at + mark.length, "latin1")) {
    tried++;
    spent(AROUND_BYTES >> 3);
    const begin = Math.max(0, at - AROUND_BYTES);
    for (const match of bytes.toString("latin1", begin, at + AROUND_BYTES).matchAll(pattern)) {
      const from = begin + match.index;
      if (from <= at && at < from + match[0].length) found(from, match[0], match[1] ?? match[0]);
    }
  }
}
