const MOST = 200;
/** What is kept of the end, where a path that climbs and a call that follows much padding stand. */
const END = 60;

/** Text of a file as a finding shows it: what was judged is the whole. */
export function shown(text: string): string {
  return text.length <= MOST ? text : `${text.slice(0, MOST - END - 1)}…${text.slice(-END)}`;
}

/** The same in quotes, with what a terminal would act on escaped. */
export function quoted(text: string): string {
  return JSON.stringify(shown(text));
}
