/** The place that a cursor names: a number that an answer of ours held. Undefined where it names none: the page is the first. */
export function placeIn(cursor: string | undefined): number | undefined {
  const place = Number(cursor ?? Number.NaN);
  return Number.isSafeInteger(place) && place >= 0 ? place : undefined;
}
