import { forTerminal } from "../escape.ts";
import { shellWord } from "../report/shell-word.ts";
import { findModelServers, type ModelServer } from "./model-servers.ts";

/** How to send a first prompt: the exact lines for the model server that answers on this machine, else for the demonstration engine. */
export async function firstPromptLines(gateway: string, data: string | undefined): Promise<readonly string[]> {
  const servers = await findModelServers();
  const at = data === undefined ? "" : ` --data ${shellWord(data)}`;
  if (servers.length === 0)
    return [
      "A first prompt: no model server answers on the usual ports (Ollama 11434, vLLM 8000, llama.cpp 8080). The demonstration engine:",
      "  npm ci --prefix test/engine      # 105 MB",
      "  npm start --prefix test/engine -- --port 8081      # in another terminal",
      ...linesFor(DEMO, gateway, at),
    ];
  return servers.flatMap((server) => [
    `A first prompt: ${nameOf(server)} answers on ${server.url} with ${forTerminal(server.model)}:`,
    ...linesFor(server, gateway, at),
  ]);
}

/** What test/engine serves: a model that it makes itself. */
const DEMO: ModelServer = {
  engine: "llama.cpp",
  version: null,
  url: "http://127.0.0.1:8081",
  model: "tiny-clerk",
  files: "test/engine/tiny-clerk.gguf",
};

function linesFor({ engine, version, url, model, files }: ModelServer, gateway: string, at: string): readonly string[] {
  const path = files === null ? "./the-files-that-it-serves" : shellWord(files);
  const name = shellWord(model.replace(/[^A-Za-z0-9._/:@-]/g, "-").replace(/^[^A-Za-z0-9]+/, "") || "model");
  const by = `--engine ${engine}${version === null ? "" : ` --engine-version ${shellWord(version)}`}`;
  const body = shellWord(JSON.stringify({ model: name.replaceAll("'", ""), messages: [{ role: "user", content: "Say hello." }], max_tokens: 40 }));
  return [
    `  npx weighbridge admit ${path}${at}`,
    `  npx weighbridge deploy ${path} --upstream ${url} --name ${name} --model ${shellWord(model)} ${by}${at}`,
    `  TOKEN=$(npx weighbridge token create --name me --data-class restricted${at})`,
    `  curl -s ${gateway}/v1/chat/completions -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d ${body}`,
  ];
}

const NAMES: Readonly<Record<ModelServer["engine"], string>> = { ollama: "Ollama", vllm: "vLLM", "llama.cpp": "llama.cpp" };

function nameOf({ engine, version }: ModelServer): string {
  return forTerminal(version === null ? NAMES[engine] : `${NAMES[engine]} ${version}`);
}
