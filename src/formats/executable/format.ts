import type { ByteSource } from "../../bytes.ts";
import { type Anomaly, type ChildRef, type Format, type Parsed, PROBE_BYTES } from "../../format.ts";
import { type Budget, LimitError } from "../../limits.ts";
import { executableKind } from "./detect.ts";
import { readElf } from "./elf.ts";
import type { ExecutableFacts, ExecutableKind } from "./facts.ts";
import { readMachO } from "./macho.ts";
import { readPe } from "./pe.ts";
import { readWasm } from "./wasm.ts";

type Reader = (bytes: ByteSource, budget: Budget) => Promise<ExecutableFacts>;

const READERS: Readonly<Record<ExecutableKind, Reader>> = {
  elf: readElf,
  pe: readPe,
  macho: readMachO,
  wasm: readWasm,
  "java-class": readJavaClass,
  script: readScript,
};

/** Machine code and bytecode. Only headers are read; bytes past what they describe are handed out to be searched. */
export const executableFormat: Format<ExecutableFacts> = {
  id: "executable",
  async parse(bytes, budget): Promise<Parsed<ExecutableFacts>> {
    const head = await bytes.read(0, Math.min(PROBE_BYTES, bytes.size));
    const kind = await executableKind({ head, tail: head, size: bytes.size, at: bytes.read.bind(bytes) });
    if (kind !== null) return within(kind, bytes, budget);
    return { kind: "broken", facts: unread("elf", bytes.size), anomalies: [], at: 0, why: "no header of an executable" };
  },
  children({ endsAt, size }): readonly ChildRef[] {
    if (endsAt === null || endsAt >= size) return [];
    return [{ name: "appended", region: { in: "slice", offset: endsAt, size: size - endsAt }, treatment: "search" }];
  },
};

/** A text that names its interpreter on the first line. */
export const scriptFormat: Format<ExecutableFacts> = {
  id: "script",
  parse(bytes, budget) {
    return within("script", bytes, budget);
  },
};

async function within(kind: ExecutableKind, bytes: ByteSource, budget: Budget): Promise<Parsed<ExecutableFacts>> {
  try {
    const facts = await READERS[kind](bytes, budget);
    return { kind: "parsed", facts, anomalies: appended(facts) };
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    return { kind: "limit", facts: unread(kind, bytes.size), anomalies: [], why: error.message };
  }
}

function unread(kind: ExecutableKind, size: number): ExecutableFacts {
  return { kind, what: kind, library: false, endsAt: null, size };
}

function appended({ endsAt, size }: ExecutableFacts): readonly Anomaly[] {
  if (endsAt === null || endsAt >= size) return [];
  return [{ kind: "appended", at: endsAt, what: `${size - endsAt} bytes after what the headers describe` }];
}

/** Java class file, major version (JVM specification, 4.1): 52 is Java 8. */
async function readJavaClass(bytes: ByteSource): Promise<ExecutableFacts> {
  const [high = 0, low = 0] = bytes.size >= 8 ? await bytes.read(6, 2) : [];
  const major = high * 256 + low;
  return { kind: "java-class", what: `Java class file of version ${major}`, library: true, endsAt: null, size: bytes.size };
}

async function readScript(bytes: ByteSource): Promise<ExecutableFacts> {
  const head = Buffer.from(await bytes.read(0, Math.min(256, bytes.size))).toString("latin1");
  const interpreter = /^#![ \t]*([^\r\n]{0,200})/.exec(head)?.[1]?.trimEnd() ?? "";
  return { kind: "script", what: `script for ${interpreter}`, library: false, endsAt: null, size: bytes.size };
}
