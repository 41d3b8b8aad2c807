/** Lines that are looked at; a program shows itself early. */
const LOOKED_AT = 4000;
/** One such line can be an example in prose; two make a program. */
const ENOUGH = 2;

/** Lines that stand in programs and in little else: Python, shells, C and its family, R, Lua, Perl, Ruby, PHP, PowerShell. */
const LIKELY =
  /^\s*(?:import [A-Za-z_][\w.]*(?: as \w+)?(?:, ?[A-Za-z_][\w.]*(?: as \w+)?)*\s*(?:#.*)?$|from [.\w]+ import [\w*(]|(?:async )?def \w+\s*\(.*|class [A-Za-z_]\w*\s*(?:\(.*\))?:\s*$|if __name__ ==|for [\w, ()]{1,60} in .{1,80}:\s*$|with [\w.]+\(.{0,80}\)(?: as \w+)?:\s*$|(?:while|if|elif) .{0,80}[=()<>].{0,80}:\s*$|@[a-z_][\w.]*\(.*\)\s*$|[\w.]+\s*=\s*(?:[\w.]+\(.*\)|lambda\b.*)\s*;?\s*$|(?:local )?function\s*[\w.:]*\s*\(.*|(?:var|let|const|local|my) [\w$]+\s*=|[\w.]+ <- |library\(\w+\)|require[ (]["'].*|using (?:namespace|System)\b|(?:public|private|static) [\w<>]+ \w+\s*[({;=]|package [\w.]+;|set -[eux]|(?:if|elif) \[|fi$|done$|esac$|export [A-Za-z_]\w*=|(?:sudo|apt-get|pip3?|conda|npm|docker|git) (?:install|run|clone|build|exec|pull)\b|(?:chmod|chown|mkdir|rm|cp|mv|ln) -|echo ["$]|\$\w+\s*=|Import-Module |New-Object )/;
/** Lines of which one is enough. */
const CERTAIN =
  /^\s*(?:#include\s*[<"]|<\?php|(?:curl|wget|fetch)\b.*\|\s*(?:sudo\s+)?(?:ba|z|da|k)?sh\b|(?:exec|eval|os\.(?:system|popen|exec\w+)|subprocess\.\w+|__import__|Runtime\.getRuntime\(\)\.exec|os\.execute|system)\s*\(|(?:bash|sh|zsh)\s+-c\s|powershell(?:\.exe)?\s+-|nc\s+-\w*e|import\s+(?:os|subprocess|socket|ctypes|pickle)\s*(?:;|$))/i;

/** Notices that a text reads like a program, by the beginnings of its lines. */
export class CodeSigns {
  /** The first line of the program. */
  line: string | null = null;
  #likely: string | null = null;
  #found = 0;
  #lines = 0;

  /** More lines are wanted. */
  get open(): boolean {
    return this.line === null && this.#lines < LOOKED_AT;
  }

  see(line: string): void {
    if (!this.open) return;
    this.#lines++;
    if (CERTAIN.test(line)) this.line = line.trim();
    else if (LIKELY.test(line)) {
      this.#likely ??= line.trim();
      if (++this.#found >= ENOUGH) this.line = this.#likely;
    }
  }
}
