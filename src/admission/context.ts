import { type Context, contextOf } from "../policy/context.ts";
import type { Examination } from "../scan/examination.ts";

/** What policies may know of an examination. */
export function contextOfExamination({ artifact, formats, findings, coverage }: Examination): Context {
  const files = artifact.manifest.entries.filter((entry) => entry.type === "file");
  return contextOf(
    {
      digest: artifact.digest,
      files: files.length,
      sizeBytes: files.reduce((sum, file) => sum + file.size, 0),
      formats: Object.values(formats).flat(),
    },
    { findings, coverage },
  );
}
