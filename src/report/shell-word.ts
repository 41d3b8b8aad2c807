/** A path as a shell takes it. */
export function shellWord(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** What names a server to a command, with a space before it; nothing where it was done here. */
export function serverWords(server: string | undefined): string {
  return server === undefined ? "" : ` --server ${shellWord(server)}`;
}
