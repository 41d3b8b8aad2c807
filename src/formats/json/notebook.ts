import { type Path, pointerOf, type Scalar } from "./events.ts";
import { MAX_KEPT, MAX_TEXT, type Placed } from "./facts.ts";

/** What a notebook (nbformat 3 and 4) holds that runs: in a kernel when a person runs the cell, in a browser when the notebook is opened. */
export interface NotebookFacts {
  readonly codeCells: number;
  /** Lines of code cells for the shell or for other programs: `!command`, `%%bash`, `%system`, `get_ipython().system`. */
  readonly commands: readonly Placed[];
  /** Outputs and Markdown with script: what a viewer that trusts the notebook runs. */
  readonly active: readonly Placed[];
  readonly dropped: number;
}

const COMMAND =
  /^\s*(?:!|%%?(?:bash|sh|script|system|sx|!|cmd|perl|ruby|javascript|js|html|pip|conda|run|load_ext|writefile|file|env|cd)\b|%%|.{0,80}get_ipython\(\)\s*\.\s*(?:system|getoutput|run_cell|run_line_magic))/;
const SCRIPT = /<(?:script|iframe|object|embed|svg|form|meta|base)[\s>/]|\son[a-z]{3,20}\s*=|javascript:/i;
const SCRIPT_TYPES: ReadonlySet<string | number> = new Set(["application/javascript", "text/javascript"]);
const MARKUP_TYPES: ReadonlySet<string | number> = new Set(["text/html", "image/svg+xml", "text/markdown", "text/latex"]);
/** A text is looked through this far; an output of megabytes is a table or a picture. */
const MAX_SEARCHED = 65_536;

/** Gathers from the values of a document what would be a notebook's cells; whether it is one shows at its end. */
export class Notebook {
  #codeCells = 0;
  readonly #commands: (Placed & { readonly cell: number })[] = [];
  /** Cells of text and of raw data: their source is not run. */
  readonly #texts = new Set<number>();
  readonly #active: Placed[] = [];
  #dropped = 0;

  see(value: Scalar, path: Path, at: number): void {
    if (typeof value !== "string") return;
    const start = path[0] === "cells" ? 0 : path[0] === "worksheets" && path[2] === "cells" ? 2 : -1;
    const cell = path[start + 1];
    if (start === -1 || typeof cell !== "number") return;
    const [field, ...rest] = path.slice(start + 2);
    if (field === "cell_type" && rest.length === 0 && value === "code") this.#codeCells++;
    else if (field === "cell_type" && /^(?:markdown|raw|heading|html)$/.test(value)) this.#texts.add(cell);
    if (field === "source" || field === "input") this.#source(value, path, at, cell);
    if (field === "outputs" || field === "attachments") this.#output(value, path, rest, at);
  }

  end(): NotebookFacts {
    const commands = this.#commands.flatMap(({ cell, ...command }) => (this.#texts.has(cell) ? [] : command));
    return { codeCells: this.#codeCells, commands, active: this.#active, dropped: this.#dropped };
  }

  /** One line, or a whole cell in one text. */
  #source(value: string, path: Path, at: number, cell: number): void {
    for (const line of value.slice(0, MAX_SEARCHED).split("\n")) {
      if (!COMMAND.test(line.slice(0, 400))) continue;
      if (this.#commands.length < MAX_KEPT) this.#commands.push({ cell, ...placed(path, line.trim(), at) });
      else this.#dropped++;
    }
  }

  #output(value: string, path: Path, rest: Path, at: number): void {
    if (rest.some((part) => SCRIPT_TYPES.has(part))) this.#script(path, value, at);
    else if (rest.some((part) => MARKUP_TYPES.has(part)) && SCRIPT.test(value.slice(0, MAX_SEARCHED))) this.#script(path, value, at);
  }

  #script(path: Path, value: string, at: number): void {
    if (this.#active.length < MAX_KEPT) this.#active.push(placed(path, value, at));
    else this.#dropped++;
  }
}

function placed(path: Path, value: string, at: number): Placed {
  return { pointer: pointerOf(path).slice(0, MAX_TEXT), value: value.slice(0, MAX_TEXT), at };
}
