import { expect, it, vi } from "vitest";
import { ProgressLine, styleFor, widthOf } from "./terminal.ts";

/** What a terminal of so many columns was sent. */
function terminal(columns: number, isTTY = true) {
  const sent: string[] = [];
  const stream = { columns, isTTY, write: (text: string) => sent.push(text) } as unknown as NodeJS.WriteStream; // all that is asked of one
  return { sent, stream };
}

function shown(columns: number, isTTY = true): readonly string[] {
  vi.stubEnv("CI", "");
  vi.stubEnv("TERM", "xterm");
  vi.spyOn(performance, "now").mockReturnValueOnce(0).mockReturnValue(1000);
  const { sent, stream } = terminal(columns, isTTY);
  const line = new ProgressLine(stream);
  line.update({ hashedBytes: 3_200_000_000, totalBytes: 6_400_000_000, files: 1, totalFiles: 2 });
  line.clear();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  return sent;
}

it("progress is one line that fits, and is cleared", () => {
  expect(shown(80)).toEqual(["\r\u001b[K████████████············ 3.2 GB of 6.4 GB, 1 of 2 files", "\r\u001b[K"]);
  expect(shown(40)[0]).toBe("\r\u001b[K3.2 GB of 6.4 GB, 1 of 2 files");
  expect(shown(20)[0]).toBe("\r\u001b[K3.2 GB of 6.4 GB, 1");
});

it("nothing is shown where nobody watches", () => {
  expect(shown(80, false)).toEqual([]);
});

it.each([
  [{}, true],
  [{ NO_COLOR: "1" }, false],
  [{ NO_COLOR: "" }, true],
  [{ TERM: "dumb" }, false],
  [{ CI: "true" }, false],
])("colours with %j: %s", (env, coloured) => {
  for (const [name, value] of Object.entries({ CI: "", TERM: "xterm", NO_COLOR: "", ...env })) vi.stubEnv(name, value);
  expect(styleFor(terminal(80).stream).red("x") !== "x").toBe(coloured);
  vi.unstubAllEnvs();
});

it("a screen is 40 to 120 columns wide, 100 where nothing is known", () => {
  expect([10, 0, 80, 500].map((columns) => widthOf(terminal(columns).stream))).toEqual([40, 100, 80, 120]);
});
