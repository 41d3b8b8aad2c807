import { bytesText, plural } from "../report/quantities.ts";
import { COLOUR, PLAIN, type Style } from "../report/style.ts";

/** A person is watching: colour and progress are welcome. */
export function isInteractive(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.CI && process.env.TERM !== "dumb";
}

export function styleFor(stream: NodeJS.WriteStream): Style {
  return isInteractive(stream) && !process.env.NO_COLOR ? COLOUR : PLAIN;
}

export function widthOf(stream: NodeJS.WriteStream): number {
  return Math.min(Math.max(stream.columns || 100, 40), 120);
}

export interface Progress {
  readonly hashedBytes: number;
  readonly totalBytes: number;
  readonly files: number;
  readonly totalFiles: number;
}

/** One line on stderr that is rewritten, shown only to a person and only once work takes a while. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #shownFrom: number;
  #shown = false;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
    this.#shownFrom = performance.now() + 300;
  }

  update = (progress: Progress): void => {
    if (!isInteractive(this.#stream) || performance.now() < this.#shownFrom) return;
    this.#stream.write(`\r\u001b[K${progressText(progress, this.#stream.columns || 80)}`);
    this.#shown = true;
  };

  clear(): void {
    if (this.#shown) this.#stream.write("\r\u001b[K");
    this.#shown = false;
  }
}

const BAR_COLUMNS = 24;

/** What fits on one line: a line that wraps could not be rewritten. */
function progressText({ hashedBytes, totalBytes, files, totalFiles }: Progress, columns: number): string {
  const done = totalBytes === 0 ? 1 : hashedBytes / totalBytes;
  const bar = "█".repeat(Math.round(done * BAR_COLUMNS)).padEnd(BAR_COLUMNS, "·");
  const said = `${bytesText(hashedBytes)} of ${bytesText(totalBytes)}, ${files} of ${plural(totalFiles, "file")}`;
  return bar.length + 1 + said.length < columns ? `${bar} ${said}` : said.slice(0, columns - 1);
}
