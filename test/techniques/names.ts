import { assemble, call, PAYLOAD } from "../fixtures/pickle/assemble.ts";
import type { Files, Technique } from "./technique.ts";

const EVIL = assemble(["PROTO", 2], PAYLOAD, "STOP");
const HONEST = assemble(["PROTO", 2], call("collections", "OrderedDict"), "STOP");

const CONFIG: Files = { "config.json": '{"model_type":"bert"}' };
const linked = (title: string, target: string, nearMiss: string): Technique => ({
  number: 79,
  title,
  files: CONFIG,
  least: "review",
  names: target,
  nearMiss: { ...CONFIG, "sub/vocab.txt": "a\nb\n" },
  links: { files: { "model.safetensors": target }, nearMiss: { "sub/tokens.txt": nearMiss } },
});

/** The same pickle beside whatever speaks for it. */
const vouched = (title: string, beside: Files, path = "model.pkl"): Technique => ({
  number: 113,
  title,
  files: { ...beside, [path]: EVIL },
  least: "block",
  names: "os.system",
  nearMiss: { ...beside, [path]: HONEST },
});

/** The same pickle under a name that asks to be left out. */
const named = (title: string, path: string, honest: Files = { "model.pkl": HONEST }, beside: Files = {}): Technique => ({
  number: 114,
  title,
  files: { ...beside, [path]: EVIL },
  least: "block",
  names: "os.system",
  nearMiss: { ...beside, ...honest },
});

/** Names, places and publishers, which lower no finding; and links, whose targets are no part of the model. */
export const NAME_TECHNIQUES: readonly Technique[] = [
  linked("a link to a file of the machine", "/etc/hostname", "vocab.txt"),
  linked("a link that leads out of the folder", "../../../../../../../../etc/hostname", "../sub/vocab.txt"),
  linked("a link that leads nowhere", "weights/none.safetensors", "vocab.txt"),
  linked("a link to a folder of the machine", "/etc", "./vocab.txt"),
  vouched("a publisher whom everybody knows", {
    "README.md": "---\nlicense: mit\nbase_model: google/gemma-2-2b\n---\n# Gemma by Google\n",
    "config.json": '{"model_type":"gemma2","_name_or_path":"google/gemma-2-2b"}',
  }),
  vouched("a place in the cache of a known publisher", {}, "models--google--gemma-2-2b/snapshots/0a/pytorch_model.bin"),
  vouched("a promise that only weights are loaded", {
    "README.md": "# A model\n\nLoad it with `torch.load(path, weights_only=True)`.\n",
    "config.json": '{"model_type":"bert","weights_only":true,"use_safetensors":true}',
  }),
  vouched("the report of another scanner", { "README.md": "# A model\n\nScanned by picklescan: 0 infected files.\n" }),
  named("the name of a test", "tests/fixtures/known-false-positive.pkl"),
  named("the name of a card", "README.md", { "README.md": "# A model\n" }),
  named("the name of a vocabulary", "vocab.txt", { "vocab.txt": "os\nsystem\ntrue\n" }),
  named("the name of a licence without an extension", "LICENSE", { LICENSE: "MIT License\n\nCopyright (c) the authors\n" }),
  named("a hidden folder", ".cache/.model", { ".cache/.model.pkl": HONEST }),
  named("a folder that tools leave out", "node_modules/x/__pycache__/model.pkl", { "x/model.pkl": HONEST }),
  named("a name that a list of exceptions holds", "model.pkl", { "model.pkl": HONEST }, { "notes.txt": "model.pkl is safe\n" }),
  named("a name that clears the line of a terminal", "model\u001b[2K\r.pkl"),
  named("a name that reads the other way round", "model\u202elkp.txt", { "model.txt": "A model.\n" }),
  named("a name that is written like the nesting of archives", "model.zip!/readme.md", { "readme.md": "# A model\n" }),
];
