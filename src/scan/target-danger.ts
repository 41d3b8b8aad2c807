import { leadsIntoLeftOut } from "../left-out.ts";

/**
 * Why a file name in an index is no plain name below the model's folder, or null. Judged as every platform would read it: Windows takes both
 * slashes, drives and device paths; hub clients put the name into a URL, where `%2e%2e` is `..`.
 */
export function targetDanger(target: string): string | null {
  if (target === "" || /^[./\\\s]*$/.test(target)) return "is no file name";
  if (/[\0-\x1f\x7f]/.test(target)) return "holds control characters";
  if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(target)) return "is an address";
  if (/^[A-Za-z]:/.test(target)) return "names a drive";
  if (/^[/\\]/.test(target)) return "is an absolute path";
  if (/^~/.test(target)) return "names a home folder";
  if (
    decoded(target)
      .split(/[/\\]/)
      .some((part) => /^\.\.[ .]*$/.test(part))
  )
    return "leads out of the model's folder";
  if (target.includes("\\")) return "is a Windows path";
  if (leadsIntoLeftOut(target)) return "lies in a folder of the download tool, which is no part of the artifact";
  return null;
}

function decoded(target: string): string {
  return target.replace(/%(2e|2f|5c)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
