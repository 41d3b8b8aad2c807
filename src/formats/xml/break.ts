/** The place where a document stops being XML. Thrown and caught inside this folder only. */
export class XmlBreak extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}
