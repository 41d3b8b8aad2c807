import type { ByteSource } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import type { Budget } from "../../limits.ts";
import { unownedBytes } from "../pickle/format.ts";
import { type PersistentId, type PickleFacts, parsePickle } from "../pickle/index.ts";

/**
 * The member `pickle` of a torch tar: a pickle whose persistent ids are keys of the tensors beside it (`'94812'`), or a class with its source file
 * and text. The loader looks keys up and takes the class as it is; the class itself is judged as every other global.
 */
export const torchTarObjectFormat: Format<PickleFacts> = { id: "torch-tar-object", parse: parseObject, children: unownedBytes };

const TENSOR_KEY = /^'\d{1,20}'$/;

async function parseObject(source: ByteSource, budget: Budget): Promise<Parsed<PickleFacts>> {
  const parsed = await parsePickle(source, budget);
  const persistentIds = parsed.facts.persistentIds
    .filter(({ expression }) => !TENSOR_KEY.test(expression))
    .map((id): PersistentId => (id.expression.startsWith("(") ? { ...id, kind: "module-source" } : id));
  return { ...parsed, facts: { ...parsed.facts, persistentIds } };
}
