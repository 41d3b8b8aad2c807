/** Bits a character that random text of these lengths has at least; words and patterns have fewer, or fail the other tests. */
const ENTROPY_BITS = 3;

/** Words that authors write where a credential would stand. Compared in lower case. */
const STAND_INS =
  /example|sample|dummy|placeholder|fake|changeme|change_me|your[_-]|redacted|replace|insert|secret[_-]?key|xxxx|0000000|1234567|7654321|abcdefg|gfedcba|qwerty|deadbeef|cafebabe|notreal|invalid|\.\.\.|foobar|loremipsum/;

/** Pairs of letters that make up a third of English text and a sixteenth of random letters. */
const COMMON_PAIRS: ReadonlySet<string> = new Set(
  "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce".split(" "),
);
const WRITTEN_SHARE = 0.27;

/**
 * Whether a text is made up: a stand-in, a pattern, or words. `random` is the part of a credential that its maker draws at random; of 100,000 random
 * ones of each rule, fewer than 1 in 1,000 are taken for made up (placeholder.test.ts).
 */
export function isMadeUp(random: string, bits = ENTROPY_BITS): boolean {
  return STAND_INS.test(random.toLowerCase()) || entropyOf(random) < bits || hasRun(random) || isWritten(random);
}

/** Shannon entropy in bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

/** Six characters in a row that are equal, or that count up or down. */
function hasRun(text: string): boolean {
  let step = 0;
  let length = 1;
  for (let i = 1; i < text.length; i++) {
    const next = text.charCodeAt(i) - text.charCodeAt(i - 1);
    length = next === step ? length + 1 : 2;
    step = next;
    if (length >= 6 && Math.abs(step) <= 1) return true;
  }
  return false;
}

/** Mostly letters, in the pairs that words have. */
function isWritten(text: string): boolean {
  const letters = text.toLowerCase().replace(/[^a-z]/g, "");
  if (letters.length < 24 || letters.length < text.length * 0.75) return false;
  let common = 0;
  for (let i = 1; i < letters.length; i++) if (COMMON_PAIRS.has(letters.slice(i - 1, i + 1))) common++;
  return common / (letters.length - 1) >= WRITTEN_SHARE;
}
