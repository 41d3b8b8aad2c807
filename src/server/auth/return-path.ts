const MAX_LENGTH = 2000;
/** Stands for our own origin, whatever it is. */
const HERE = "http://here.invalid";

/** Where to go on after a sign-in: the path that was asked for where it leads to a page of the console, else the first page. Never another site. */
export function returnPathOf(text: string | undefined): string {
  if (text === undefined || text.length > MAX_LENGTH || !text.startsWith("/") || !URL.canParse(text, HERE)) return "/";
  const { origin, pathname, search } = new URL(text, HERE);
  // `/.//elsewhere` stays here as a whole, but its normal form is `//elsewhere`, which does not
  if (origin !== HERE || pathname.startsWith("//") || pathname.startsWith("/api/")) return "/";
  return pathname + search;
}
