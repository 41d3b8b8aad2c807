import { forHtml, visible } from "../escape.ts";

/** Text for a page: what a person would not see is made visible, then markup is escaped. */
export function text(raw: string): string {
  return forHtml(visible(raw));
}

export function code(raw: string): string {
  return `<code>${text(raw)}</code>`;
}

export function shortDigest(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}
