import { z } from "zod";

/** A model server that answers on this machine. */
export interface ModelServer {
  readonly engine: "ollama" | "vllm" | "llama.cpp";
  readonly version: string | null;
  readonly url: string;
  /** What it calls the model that it would answer with. */
  readonly model: string;
  /** Where the files of that model lie, as far as the server says. */
  readonly files: string | null;
}

/** Where each listens unless it is told otherwise. */
const USUAL: readonly Pick<ModelServer, "engine" | "url">[] = [
  { engine: "ollama", url: "http://127.0.0.1:11434" },
  { engine: "vllm", url: "http://127.0.0.1:8000" },
  { engine: "llama.cpp", url: "http://127.0.0.1:8080" },
];

/** Nobody waits for a port on which nobody answers. */
const PATIENCE_MS = 400;

const Models = z.object({ data: z.array(z.object({ id: z.string().min(1).max(300), root: z.string().max(2000).optional() })).min(1) });
const Version = z.object({ version: z.string().max(100) });
const LlamaProps = z.object({ build_info: z.string().max(200).optional(), model_path: z.string().max(2000).optional() });
const OllamaShow = z.object({ modelfile: z.string().max(1_000_000) });

/** Looks for model servers, on the usual loopback ports unless others are given. Finding none is no error, and what answers otherwise than they do is none. */
export async function findModelServers(places = USUAL): Promise<readonly ModelServer[]> {
  const found = await Promise.all(places.map(({ engine, url }) => LOOK[engine](url).catch(() => null)));
  return found.filter((server) => server !== null);
}

const LOOK: Readonly<Record<ModelServer["engine"], (url: string) => Promise<ModelServer | null>>> = {
  async ollama(url) {
    const { version } = Version.parse(await ask(`${url}/api/version`));
    const [first] = Models.parse(await ask(`${url}/v1/models`)).data;
    if (first === undefined) return null;
    const shown = await ask(`${url}/api/show`, { model: first.id }).then(
      (answer) => OllamaShow.parse(answer).modelfile,
      () => "",
    );
    return { engine: "ollama", version, url, model: first.id, files: /^FROM (\/.+)$/m.exec(shown)?.[1] ?? null };
  },
  async vllm(url) {
    const { version } = Version.parse(await ask(`${url}/version`));
    const [first] = Models.parse(await ask(`${url}/v1/models`)).data;
    if (first === undefined) return null;
    return { engine: "vllm", version, url, model: first.id, files: first.root?.startsWith("/") === true ? first.root : null };
  },
  async "llama.cpp"(url) {
    const props = LlamaProps.parse(await ask(`${url}/props`));
    const [first] = Models.parse(await ask(`${url}/v1/models`)).data;
    if (first === undefined) return null;
    return { engine: "llama.cpp", version: props.build_info ?? null, url, model: first.id, files: props.model_path ?? null };
  },
};

async function ask(url: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    signal: AbortSignal.timeout(PATIENCE_MS),
    redirect: "error",
    ...(body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}
