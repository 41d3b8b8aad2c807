/**
 * What loads something when it is first asked for, and once: a second `import()` of the same module still takes longer than to examine a member of
 * a few bytes.
 */
export function lazily<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load();
    return loading;
  };
}
