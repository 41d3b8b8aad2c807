/** What can run when a system, a loader or a runtime is pointed at it. */
export type ExecutableKind = "elf" | "pe" | "macho" | "wasm" | "java-class" | "script";

export interface ExecutableFacts {
  readonly kind: ExecutableKind;
  /** For a person: "64-bit x86-64 shared library", "script for /bin/sh". */
  readonly what: string;
  /** A library, loaded into another program, rather than a program of its own. */
  readonly library: boolean;
  /** Where the last byte that its own headers describe ends; null where that cannot be told. */
  readonly endsAt: number | null;
  readonly size: number;
}
