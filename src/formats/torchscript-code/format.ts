import type { ByteSource } from "../../bytes.ts";
import type { Anomaly, Format, Parsed } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import type { CodeUse, TorchScriptCodeFacts } from "./facts.ts";
import { tokenize } from "./tokenize.ts";
import { type Deed, noteUses } from "./uses.ts";

const MAX_USES = 2000;
const NOTHING: TorchScriptCodeFacts = { statements: 0, uses: [], left: 0 };

/**
 * The `code/` members of a TorchScript archive: functions and classes written back as a subset of Python by `PythonPrintImpl`.
 * There is no content detection: the archive says what they are.
 * https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/docs/serialization.md
 */
export const torchscriptCode: Format<TorchScriptCodeFacts> = { id: "torchscript-code", parse: parseTorchScriptCode };

/** Facts are the names, operators and statements that lead outside of the functions in the file (`CodeUse`), found on its tokens. */
export async function parseTorchScriptCode(bytes: ByteSource, budget: Budget): Promise<Parsed<TorchScriptCodeFacts>> {
  const { maxHeaderBytes } = budget.limits;
  if (bytes.size > maxHeaderBytes)
    return { kind: "limit", facts: NOTHING, anomalies: [], at: 0, why: `code of ${bytes.size} bytes is over maxHeaderBytes` };
  let held = 0;
  const hold = (more: number): void => {
    budget.hold(more);
    held += more;
  };
  const noted = new Noted();
  try {
    hold(bytes.size * 3);
    return read(await bytes.read(0, bytes.size), noted, budget, hold);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { kind: "limit", facts: { statements: 0, uses: noted.uses(), left: noted.left }, anomalies: [], at: 0, why: error.message };
  } finally {
    budget.release(held);
  }
}

function read(bytes: Uint8Array, noted: Noted, budget: Budget, hold: (bytes: number) => void): Parsed<TorchScriptCodeFacts> {
  const source = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  noted.source = source;
  const { lines, faults } = tokenize(source, budget, hold);
  noteUses(lines, budget, (deed, at) => noted.add(deed, at));
  const anomalies = faults.map(({ at, what }): Anomaly => ({ kind: "syntax", at: Buffer.byteLength(source.slice(0, at)), what }));
  const facts: TorchScriptCodeFacts = { statements: lines.length, uses: noted.uses(), left: noted.left };
  const [first] = anomalies;
  return first === undefined ? { kind: "parsed", facts, anomalies } : { kind: "broken", facts, anomalies, at: first.at, why: first.what };
}

/** Each different deed once, at its first place. */
class Noted {
  source = "";
  left = 0;
  readonly #deeds = new Map<string, { readonly deed: Deed; readonly at: number }>();

  add(deed: Deed, at: number): void {
    const key = JSON.stringify(deed);
    if (this.#deeds.has(key)) return;
    if (this.#deeds.size >= MAX_USES) this.left++;
    else this.#deeds.set(key, { deed, at });
  }

  uses(): CodeUse[] {
    let from = 0;
    let bytes = 0;
    let line = 1;
    return [...this.#deeds.values()]
      .sort((a, b) => a.at - b.at)
      .map(({ deed, at }) => {
        const between = this.source.slice(from, at);
        bytes += Buffer.byteLength(between);
        line += between.split("\n").length - 1;
        from = at;
        return { at: bytes, line, near: this.#lineAt(at), ...deed };
      });
  }

  #lineAt(at: number): string {
    const start = Math.max(this.source.lastIndexOf("\n", at - 1) + 1, at - 100);
    const end = this.source.indexOf("\n", at);
    return this.source
      .slice(start, Math.min(end < 0 ? this.source.length : end, start + 160))
      .trim()
      .toWellFormed();
  }
}
