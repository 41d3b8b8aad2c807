export interface RecipeLine {
  /** As written, joined where it goes on; cut to MAX_LINE characters. */
  readonly text: string;
  readonly at: number;
}

/** A recipe of a model has dozens of lines; a lock file has thousands. */
const MAX_LINES = 20_000;
const MAX_LINE = 2000;
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** Cuts a stream of bytes into lines, and joins those that end with a backslash. Blank ones are left out. */
export class LogicalLines {
  readonly list: RecipeLine[] = [];
  dropped = 0;
  full = false;
  #open = "";
  #openAt = 0;
  /** The start of a line that is cut between two pieces. */
  #part = "";
  #partAt = 0;
  #characters = 0;

  push(piece: Buffer, offset: number): void {
    let at = 0;
    while (at < piece.length && !this.full) {
      const end = piece.indexOf(LINE_FEED, at);
      const stop = end === -1 ? piece.length : end;
      if (this.#part === "") this.#partAt = offset + at;
      const room = MAX_LINE * 4 - this.#part.length;
      if (room > 0) this.#part += piece.toString("latin1", at, Math.min(stop, at + room));
      if (end === -1) return;
      this.#line();
      at = end + 1;
    }
  }

  end(): void {
    if (this.#part !== "") this.#line();
    if (this.#open !== "") this.#keep(this.#open, this.#openAt);
    this.#open = "";
  }

  /** Bytes were taken as Latin-1, so that no character is cut between two pieces. */
  #line(): void {
    const text = Buffer.from(this.#part, "latin1").toString("utf8").replace(/\r$/, "");
    this.#part = "";
    if (this.#open === "") this.#openAt = this.#partAt;
    if (text.endsWith("\\") && this.#open.length < MAX_LINE) {
      this.#open += `${text.slice(0, -1)} `;
      return;
    }
    this.#keep(this.#open + text, this.#openAt);
    this.#open = "";
  }

  #keep(text: string, at: number): void {
    if (text.trim() === "") return;
    this.#characters += Math.min(text.length, MAX_LINE);
    if (this.list.length < MAX_LINES && this.#characters <= MAX_CHARACTERS) this.list.push({ text: text.slice(0, MAX_LINE), at });
    else {
      this.dropped++;
      this.full = true;
    }
  }
}

const LINE_FEED = 0x0a;
