import type { Format } from "../../format.ts";
import { childrenOfTorch } from "./children.ts";
import type { TorchZipFacts } from "./facts.ts";
import { parseTorchZip } from "./parse.ts";

/** The three kinds of torch's zip archives share one parser. */
export function torchFormat(id: TorchZipFacts["kind"]): Format<TorchZipFacts> {
  return { id, parse: parseTorchZip, children: childrenOfTorch };
}
