const MAX_LINES = 8;

/** An item of a list: what does not fit on its line goes on further in. */
export function indented(text: string, width: number, by = 4): readonly string[] {
  return wrap(text, width - by - 2, MAX_LINES).map((line, i) => `${" ".repeat(i === 0 ? by : by + 2)}${line}`);
}

/** Breaks text at spaces into at most `maxLines` lines; what is cut off ends in an ellipsis. */
export function wrap(text: string, width: number, maxLines: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  if (lines.length <= maxLines) return lines;
  const last = lines[maxLines - 1] ?? "";
  return [...lines.slice(0, maxLines - 1), `${last.length <= width - 2 ? last : last.slice(0, last.lastIndexOf(" "))} …`];
}
