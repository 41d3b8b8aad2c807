import type { Probe } from "../../format.ts";

/** A format that is told by more than fixed bytes. `sure` answers `yes`, else `maybe`: structure without a magic. */
export interface Heuristic {
  readonly id: string;
  readonly name: string;
  readonly sure: boolean;
  /** As a detector's: the bytes with which it can begin. */
  readonly begins?: string;
  readonly refines?: readonly string[];
  is(probe: Probe, head: string): boolean | Promise<boolean>;
}

/** CPython's two-byte magic and CRLF: 3.x has 3000 to 3999, 2.x 62xxx. Text with CRLF has letters there. */
function isPyc({ size }: Probe, head: string): boolean {
  return size >= 16 && /^(?:[\s\S][\x0b-\x0f]|[\s\S][\xf2\xf3])\r\n/.test(head);
}

export const HEURISTICS: readonly Heuristic[] = [
  { id: "pyc", name: "Python bytecode", sure: true, is: isPyc },
  {
    id: "html",
    name: "HTML document",
    sure: true,
    begins: "<\xef \t\n\v\f\r\xa0",
    refines: ["text"],
    is: (_probe, head) => /^(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html[\s>])/i.test(head),
  },
  { id: "font", name: "TrueType font", sure: true, begins: "\0", is: (_probe, head) => /^\0\x01\0\0\0[\x04-\x40][\0-\x08]/.test(head) },
  { id: "cpio", name: "cpio archive", sure: true, begins: "0", is: (_probe, head) => /^07070[12][0-9A-Fa-f]{104}/.test(head) },
  { id: "cpio", name: "cpio archive", sure: true, begins: "0", is: (_probe, head) => /^070707[0-7]{70}/.test(head) },
  {
    id: "arj",
    name: "ARJ archive",
    sure: true,
    begins: "\x60",
    // header size up to 2600, size of its fixed part, versions, system, flags, method, and the type of an archive's header
    is: (_probe, head) => /^\x60\xea[\s\S][\0-\x0a][\x1e-\x30][\x01-\x66][\x01-\x66][\0-\x0b][\s\S]{2}\x02/.test(head),
  },
  {
    id: "lzh",
    name: "LZH archive",
    sure: true,
    is: (_probe, head) => /^[\s\S]{2}-l(?:h[0-9dx]|z[s245]|pm[012s])-/.test(head) && head.includes("\0"),
  },
  {
    id: "kaldi",
    name: "Kaldi model or matrix",
    sure: true,
    begins: "\0",
    is: (_probe, head) => /^\0B(?:<\/?[A-Za-z][A-Za-z0-9]{1,40}> |[FD][MV] |CM[23]? )/.test(head),
  },
  { id: "faiss", name: "FAISS index", sure: true, begins: "I", is: (_probe, head) => /^I[xwHvBbP][A-Za-z0-9]{2}[\s\S]{2}\0\0/.test(head) },
  { id: "arrow", name: "Arrow stream", sure: true, begins: "\xff", is: (_probe, head) => /^\xff{4}[\s\S]{2}[\0-\x0f]\0\x10\0\0\0/.test(head) },
];
