import type { TarEntry } from "../tar/parse.ts";

/** Name of a member without the leading `./` and closing slashes that tar tools write. */
export function memberNameOf({ name }: Pick<TarEntry, "name">): string {
  return name.replace(/^(?:\.\/+)+/, "").replace(/\/+$/, "");
}
