import { describe, expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import type { ExecutableFacts } from "../../formats/executable/facts.ts";
import { DEFAULT_LIMITS } from "../../limits.ts";
import { walkFile } from "../walk.ts";
import { executableExaminer, scriptExaminer } from "./examiner.ts";

const elf: ExecutableFacts = { kind: "elf", what: "64-bit x86-64 ELF program", library: false, endsAt: null, size: 100 };
const script: ExecutableFacts = { kind: "script", what: "script for /bin/sh", library: false, endsAt: null, size: 100 };

function judge(facts: ExecutableFacts, name: string) {
  const examiner = facts.kind === "script" ? scriptExaminer : executableExaminer;
  const { findings, unexamined = [] } = examiner.examine({ kind: "parsed", facts, anomalies: [] }, { path: name, name, size: 100, containers: [] });
  return [...findings.map(({ rule, severity }) => `${rule} ${severity}`), ...unexamined];
}

describe("executables", () => {
  it.each(["pytorch_model.bin", "model.safetensors", "tokenizer.model", "config.json", "weights", "x.pt", "README.md", "logo.png", "train.csv"])(
    "machine code as %s is in disguise",
    (name) => {
      expect(judge(elf, name)).toEqual(["executable-disguised high"]);
    },
  );

  it.each(["libx.so", "run.exe", "llama-server", "model.llamafile", "plugin.wasm"])("machine code as %s is native code", (name) => {
    expect(judge(elf, name)).toEqual(["native-code medium"]);
  });

  it.each(["model.safetensors", "tokenizer.json", "config.yaml", "pytorch_model.bin"])("a script as %s is in disguise", (name) => {
    expect(judge(script, name)).toEqual(["executable-disguised high"]);
  });

  it.each(["run.sh", "train.py", "start", "README.md"])("a script as %s is code that is not examined yet", (name) => {
    expect(judge(script, name)).toEqual(["script for /bin/sh: code is not examined yet"]);
  });
});

it.each(["launch.sh", "convert.py", "Makefile", "start"])("a script is said once, whatever its name is read as: %s", async (name) => {
  const { findings } = await walkFile(name, bytesOf(Buffer.from("#!/bin/sh\nset -e\n")), DEFAULT_LIMITS, () => {});
  expect(findings.map(({ title }) => title)).toEqual(["Not examined: script for /bin/sh: code is not examined yet"]);
});
