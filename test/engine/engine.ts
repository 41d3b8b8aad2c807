import { basename } from "node:path";
import { getLlama, type LlamaContextSequence, type LlamaEmbeddingContext, type LlamaModel, type Token } from "node-llama-cpp";

export interface Sampling {
  readonly maxTokens: number;
  /** 0: always the likeliest token. */
  readonly temperature: number;
  readonly topP: number;
  /** Undefined: another one each time. */
  readonly seed: number | undefined;
  /** Go on after the model's end token, up to `maxTokens`. */
  readonly ignoreEnd: boolean;
}

export interface Generated {
  readonly tokens: number;
  /** `aborted`: the signal ended it. */
  readonly reason: "stop" | "length" | "aborted";
}

export interface Embedded {
  /** Of length 1. */
  readonly vector: Float32Array;
  readonly tokens: number;
}

export interface Counts {
  /** Requests for text that are running or waiting. */
  readonly active: number;
  readonly finished: number;
  readonly aborted: number;
  readonly generatedTokens: number;
}

/** One thread: with more, those of a tiny model only wait for each other (measured: 1000 times slower where the cores are busy). */
const THREADS = 1;
const MAX_CONTEXT_TOKENS = 8192;

/** A model in memory, on the CPU, that works on one request after the other. Nothing is built and nothing is fetched. */
export async function loadEngine(file: string): Promise<Engine> {
  const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, progressLogs: false, maxThreads: THREADS });
  const model = await llama.loadModel({ modelPath: file });
  const contextSize = Math.min(MAX_CONTEXT_TOKENS, model.trainContextSize);
  const context = await model.createContext({ contextSize, sequences: 1, threads: THREADS });
  const embeddings = await model.createEmbeddingContext({ contextSize, threads: THREADS });
  return new Engine(basename(file, ".gguf"), model, context.getSequence(), embeddings);
}

export class Engine {
  /** What clients call the model: its file's name. */
  readonly id: string;
  readonly model: LlamaModel;
  readonly contextSize: number;
  readonly #sequence: LlamaContextSequence;
  readonly #embeddings: LlamaEmbeddingContext;
  #queue: Promise<unknown> = Promise.resolve();
  #counts = { active: 0, finished: 0, aborted: 0, generatedTokens: 0 };

  constructor(id: string, model: LlamaModel, sequence: LlamaContextSequence, embeddings: LlamaEmbeddingContext) {
    this.id = id;
    this.model = model;
    this.contextSize = sequence.contextSize;
    this.#sequence = sequence;
    this.#embeddings = embeddings;
  }

  /** Since the start. */
  get counts(): Counts {
    return { ...this.#counts };
  }

  /** Continues a prompt. `onText` is given the text piece by piece, in whole characters, and waited for. */
  async generate(
    prompt: readonly Token[],
    sampling: Sampling,
    signal: AbortSignal,
    onText: (text: string) => Promise<void> | void,
  ): Promise<Generated> {
    this.#counts.active++;
    try {
      const generated = await this.#inTurn(() => this.#generate(prompt, sampling, signal, onText));
      if (generated.reason === "aborted") this.#counts.aborted++;
      else this.#counts.finished++;
      return generated;
    } finally {
      this.#counts.active--;
    }
  }

  async #generate(
    prompt: readonly Token[],
    { maxTokens, temperature, topP, seed, ignoreEnd }: Sampling,
    signal: AbortSignal,
    onText: (text: string) => Promise<void> | void,
  ): Promise<Generated> {
    if (signal.aborted) return { tokens: 0, reason: "aborted" };
    await this.#sequence.clearHistory(); // what came before must not change an answer, not even by rounding
    const options = { temperature, topP, topK: 0, yieldEogToken: ignoreEnd, ...(seed !== undefined && { seed }) };
    const given: Token[] = [];
    let pending: Token[] = [];
    let tokens = 0;
    for await (const token of this.#sequence.evaluate([...prompt], options)) {
      if (signal.aborted) return { tokens, reason: "aborted" };
      tokens++;
      this.#counts.generatedTokens++;
      pending.push(token);
      const text = this.model.detokenize(pending, false, given.slice(-8));
      const isLast = tokens === maxTokens;
      // A character may be spread over tokens: four bytes, so no more than four of them.
      if (isLast || !text.endsWith("\ufffd") || pending.length >= 4) {
        given.push(...pending);
        pending = [];
        if (text !== "") await onText(text);
      }
      if (isLast) return { tokens, reason: "length" };
    }
    return { tokens, reason: "stop" };
  }

  /** The model's state after the last token of a text, or of token ids. */
  embed(input: string | readonly Token[]): Promise<Embedded> {
    return this.#inTurn(async () => {
      const read = typeof input === "string" ? input : [...input];
      const { vector } = await this.#embeddings.getEmbeddingFor(read);
      const length = Math.hypot(...vector) || 1;
      return { vector: Float32Array.from(vector, (x) => x / length), tokens: this.#embeddings.calculateInputLength(read) };
    });
  }

  /** Runs when all that was asked for before has ended. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }
}
