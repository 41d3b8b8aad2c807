import { targetDanger } from "../target-danger.ts";

/** PEP 508: a name, extras, versions, markers. */
const PLAIN = /^[A-Za-z0-9][\w.-]*\s*(?:\[[\w,\s.-]*\])?\s*(?:\(?(?:[<>=!~]=?=?\s*[\w.*+-]+\s*,?\s*)*\)?)\s*(?:;[^@]*)?$/;
const INDEX = /^(?:-i|-f|--(?:index-url|extra-index-url|find-links|trusted-host|no-index|pypi-url))(?:[\s=]|$)/;
const EDITABLE = /^(?:-e|--editable)(?:[\s=]|$)/;
const OTHER_LIST = /^(?:-r|-c|--requirement|--constraint)[\s=]+\S/;
/** Settings of the installation, and digests, which only narrow what is taken. */
const HARMLESS = /^--(?:hash|only-binary|no-binary|pre|prefer-binary|require-hashes|use-feature|no-deps|no-cache-dir)\b/;

/** Whether a line names another list of the same folder, which is examined where it lies. */
export function isListBeside(line: string): boolean {
  const list = /^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)\s*$/.exec(line)?.[1];
  return list !== undefined && targetDanger(list) === null;
}

/** Where a line for pip takes a package from other than by its name from the usual index; null where it does not. */
export function sourceOf(line: string): string | null {
  const text = line
    .replace(/(?:^|\s)#.*$/, "")
    .replace(/\\$/, "")
    .trim();
  if (text === "" || HARMLESS.test(text)) return null;
  if (INDEX.test(text)) return "an index that the list itself names";
  if (EDITABLE.test(text)) return "a source tree";
  if (OTHER_LIST.test(text)) return "another list";
  const bare = text.replace(/\s+--hash\b.*$/, "");
  if (PLAIN.test(bare)) return null;
  if (/@|:\/\//.test(bare)) return "an address";
  return /[/\\]|\.(?:whl|zip|gz)$/.test(bare) ? "a file" : "something that is no package name";
}
