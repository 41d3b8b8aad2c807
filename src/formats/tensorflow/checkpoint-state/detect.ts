import type { Detector } from "../../../format.ts";

/** The text that names the latest checkpoint: its first field is one of the two that hold paths. */
export const checkpointStateDetector: Detector = {
  id: "tf-checkpoint-state",
  refines: ["text"],
  async detect({ head }) {
    const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString("latin1");
    return /^(?:\s|#[^\n]*\n)*(?:all_)?model_checkpoint_paths?\s*:\s*["']/.test(text) ? "yes" : "no";
  },
};
