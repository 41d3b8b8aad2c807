import type { ServerResponse } from "node:http";
import type { Token } from "node-llama-cpp";
import { ApiError, invalid } from "./api-error.ts";
import type { Engine } from "./engine.ts";
import type { Body } from "./request.ts";

const MAX_INPUTS = 2048;

/** POST /v1/embeddings: one vector for each text, or list of token ids. https://platform.openai.com/docs/api-reference/embeddings/create */
export async function answerEmbeddings(engine: Engine, body: Body, response: ServerResponse, signal: AbortSignal): Promise<void> {
  const format = body.encoding_format ?? "float";
  if (format !== "float" && format !== "base64") throw invalid("encoding_format", "must be float or base64");
  if ((body.dimensions ?? engine.model.embeddingVectorSize) !== engine.model.embeddingVectorSize)
    throw invalid("dimensions", `this model's vectors have ${engine.model.embeddingVectorSize}`);
  const inputs = inputsOf(engine, body.input);
  const data: unknown[] = [];
  let tokens = 0;
  for (const [index, input] of inputs.entries()) {
    if (signal.aborted) return;
    const embedded = await engine.embed(input);
    tokens += embedded.tokens;
    data.push({ object: "embedding", index, embedding: format === "float" ? [...embedded.vector] : base64(embedded.vector) });
  }
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ object: "list", data, model: engine.id, usage: { prompt_tokens: tokens, total_tokens: tokens } }));
}

type Input = string | readonly Token[];

/** A text, some texts, token ids, or some lists of token ids. */
function inputsOf(engine: Engine, value: unknown): readonly Input[] {
  const isOne = typeof value === "string" || (Array.isArray(value) && typeof value[0] === "number");
  const list = isOne ? [value] : value;
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_INPUTS) throw invalid("input", `must be a text or 1 to ${MAX_INPUTS} of them`);
  return list.map((item) => inputOf(engine, item));
}

function inputOf({ model, contextSize }: Engine, item: unknown): Input {
  const tokens = typeof item === "string" ? model.tokenize(item) : item;
  if (!Array.isArray(tokens) || tokens.length === 0) throw invalid("input", "must be texts, or lists of token ids, none of them empty");
  if (tokens.length > contextSize - 2)
    throw new ApiError(400, `input: ${tokens.length} tokens; the context of this model is ${contextSize}`, {
      param: "input",
      code: "context_length_exceeded",
    });
  const vocabulary = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  if (!tokens.every((id) => Number.isInteger(id) && id >= 0 && id < vocabulary)) throw invalid("input", `token ids go from 0 to ${vocabulary - 1}`);
  return typeof item === "string" ? item : tokens;
}

/** Little-endian float32, as OpenAI's clients read it. */
function base64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [i, x] of vector.entries()) bytes.writeFloatLE(x, i * 4);
  return bytes.toString("base64");
}
