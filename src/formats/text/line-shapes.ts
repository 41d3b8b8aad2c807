import { CodeSigns } from "./code-signs.ts";
import { LINE_START_CHARACTERS, TEXT_SHAPES, type TextShape, type TextShapeId } from "./shapes.ts";

/** Cuts a stream into lines and drops every shape that a line does not fit. Holds the start of one line, never a whole one. */
export class LineShapes {
  #left: readonly TextShape[] = TEXT_SHAPES;
  #first = true;
  #line = "";
  /** The first line's start; a shebang stands there. */
  firstLine = "";
  readonly code = new CodeSigns();

  push(piece: Buffer): void {
    let at = 0;
    while (at < piece.length && (this.#first || this.#left.length > 0 || this.code.open)) {
      const end = piece.indexOf(0x0a, at);
      const stop = end === -1 ? piece.length : end;
      const room = LINE_START_CHARACTERS - this.#line.length;
      if (room > 0) this.#line += piece.toString("latin1", at, Math.min(stop, at + room));
      if (end === -1) return;
      this.#endLine();
      at = end + 1;
    }
  }

  /** The one shape that all lines have. */
  end(): TextShapeId | null {
    if (this.#line !== "") this.#endLine();
    return this.#first ? null : (this.#left[0]?.id ?? null);
  }

  #endLine(): void {
    const line = this.#line.endsWith("\r") ? this.#line.slice(0, -1) : this.#line;
    this.#line = "";
    this.code.see(line);
    if (this.#first) {
      this.firstLine = line;
      this.#left = this.#left.filter((shape) => shape.first.test(line));
    } else if (line !== "") this.#left = this.#left.filter((shape) => shape.line.test(line));
    this.#first = false;
  }
}
