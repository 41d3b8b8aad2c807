import { SPECIAL_NAMES } from "./special-names.ts";

/**
 * Why a tensor name is dangerous to a tool that uses it, or null. Names with slashes or colons as such are ordinary (TensorFlow, Flax), and so are
 * double underscores without a meaning of their own.
 */
export function nameDanger(name: string): string | null {
  if (/[\0-\x1f\x7f]/.test(name)) return "holds control characters";
  if (/^(?:[/\\~]|[A-Za-z]:[/\\])/.test(name)) return "is an absolute path";
  if (name.split(/[/\\]/).includes("..")) return "leads out of a folder";
  if (name.split(/[./\\]/).some((part) => SPECIAL_NAMES.has(part))) return "is a name that the language itself gives a meaning";
  return null;
}
