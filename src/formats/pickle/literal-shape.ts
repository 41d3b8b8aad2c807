import type { LiteralShape } from "./facts.ts";
import { type Bytes, isObject, itemsOf, type Value } from "./values.ts";

/** Commands that stand alone or first on a line given to a shell. A word list of POSIX, coreutils and Windows tools, not of attacks. */
const COMMANDS =
  "sh bash zsh dash ksh cmd powershell pwsh python python2 python3 perl ruby node php lua curl wget nc ncat socat ssh scp ftp tftp rsync git make gcc cc cat cp mv rm rmdir mkdir ls ln touch chmod chown kill pkill ps id whoami uname hostname env printenv export echo printf true false sleep sudo su crontab at nohup xargs find grep sed awk tar gzip unzip base64 openssl dd mount systemctl service docker kubectl pip pip3 npm npx apt apt-get yum calc calc.exe notepad notepad.exe dir type del copy reg net certutil mshta rundll32 wscript cscript bitsadmin open xdg-open osascript ping nslookup dig ifconfig ip passwd useradd";
const FIRST_WORD = new Set(COMMANDS.split(" "));

const URL = /^[a-z][a-z0-9+.-]{1,12}:\/\/\S/i;
const CODE =
  /\b(?:import|exec|eval|compile|getattr|lambda|print|open|def|class|globals|subprocess|__[a-z]+__)\b\s*[\w(:.]|\bos\.\w+\(|^\s*[A-Za-z_][\w.]*\([^)]*\)\s*;?\s*$/;
const PATH =
  /^(?:~?\/|[A-Za-z]:[\\/]|\\\\|\.\.?[\\/])[^\n]{1,}$|^[^\n\s]+\.(?:py|pyc|so|dll|dylib|exe|sh|bat|ps1|pkl|pickle|joblib|pt|pth|jar|zip|whl)$/;

/** The shape that a text has for a shell, an interpreter or a loader; null for anything else. A fact about the text, whoever is called with it. */
export function shapeOfText(text: string): LiteralShape | null {
  const start = text.trimStart().slice(0, 2000);
  if (start.length < 2) return null;
  if (URL.test(start)) return "url";
  if (startsCommand(start)) return "command";
  if (CODE.test(start)) return "code";
  if (PATH.test(start)) return "path";
  return /&&|\$\(/.test(start) || start.split(/[|;&\n]/, 20).some(startsCommand) ? "command" : null;
}

/** A known command, alone or with arguments, after assignments to the environment. */
function startsCommand(line: string): boolean {
  const first = /^\s*(?:\w+=\S*\s+)*([^\s|&;<>()]+)(?:$|[\s|&;<>])/.exec(line)?.[1] ?? "";
  return FIRST_WORD.has(first.slice(first.lastIndexOf("/") + 1).toLowerCase());
}

/** Shapes of bytes: text, a pickle, or marshalled code (type byte `c` or `\xe3`, then small counts; marshal version 2 to 5). */
export function shapeOfBytes({ head, size }: Bytes): LiteralShape | null {
  if (head.length >= 2 && head[0] === 0x80 && (head[1] ?? 9) <= 5) return "pickle";
  if (size > 16 && (head[0] === 0xe3 || head[0] === 0x63) && head[2] === 0 && head[3] === 0 && head[4] === 0) return "bytecode";
  const text = Buffer.from(head.subarray(0, 2000)).toString("latin1");
  return /[^\t\n\r\x20-\x7e]/.test(text) ? null : shapeOfText(text);
}

/** Values that one call's arguments are searched through. */
const MAX_LOOKED_AT = 128;

/** Shapes among the literals of an argument, a few levels deep: `Popen(['sh', '-c', 'id'])`. */
export function shapesOf(args: readonly Value[], into: Set<LiteralShape>): void {
  let left = MAX_LOOKED_AT;
  const visit = (value: Value, depth: number): void => {
    if (left-- <= 0) return;
    if (typeof value === "string") add(shapeOfText(value), into);
    else if (isObject(value)) {
      if (value.kind === "bytes") add(shapeOfBytes(value), into);
      else if (value.kind === "text") add(shapeOfText(value.head), into);
      else if (depth < 3) for (const item of value.kind === "dict" ? value.entries : itemsOf(value)) visit(item, depth + 1);
    }
  };
  for (const arg of args) visit(arg, 0);
}

function add(shape: LiteralShape | null, into: Set<LiteralShape>): void {
  if (shape !== null) into.add(shape);
}
