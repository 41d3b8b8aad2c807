/** What a value becomes that is one too many, or of another form. */
const OTHER = "other";

/**
 * Keeps the values of a label few and plain, wherever they come from: each is a series in memory here and in the database of whoever collects them. The
 * first `most` that fit the form stay; all others become `other`.
 */
export function boundedValues(form: RegExp, most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= most || !form.test(value)) return OTHER;
    known.add(value);
    return value;
  };
}
