import { leadsIntoLeftOut } from "../../left-out.ts";
import { codeKeyOf } from "./code-keys.ts";
import { commandKindOf } from "./commands.ts";
import { Components } from "./components.ts";
import { type JsonVisitor, type Path, pointerOf, type Scalar } from "./events.ts";
import { type CodeName, type Command, MAX_KEPT, MAX_TEXT, type Pickled, type Placed, type Template, type TrustSwitch } from "./facts.ts";
import { isFileName } from "./file-names.ts";
import { ImageReferences } from "./image-references.ts";
import { JinjaTexts } from "./jinja-texts.ts";
import { KerasObjects } from "./keras-objects.ts";
import { NamedPairs } from "./named-pairs.ts";
import { Notebook } from "./notebook.ts";
import { MAX_TOP_KEYS, type TopLevel } from "./shapes.ts";
import { Sizes } from "./sizes.ts";
import { TfjsModel } from "./tfjs.ts";
import { isInTokens, TokenRoles } from "./token-roles.ts";
import { TokenizerSteps } from "./tokenizer-steps.ts";

/** Templates larger than this are no templates; real ones are under 100 kB. */
const MAX_TEMPLATE_CHARACTERS = 4 * 1024 * 1024;
const MAX_TEMPLATES = 50;
/** `chat_template`, `chat_templates` of several, `default_chat_template` and `additional_chat_templates`, in the spelling of any language. */
const TEMPLATE_KEY = /chat_?templates?$/i;
const MAX_PICKLES = 1000;
const MAX_REGISTERED = 2000;
/** An index of a model in a thousand shards names each. */
const MAX_FILES = 5000;

const URL_START = /^(?:https?|ftp|s3|gs|hf|git|ssh|file|wss?):\/\//i;
const ABSOLUTE_PATH = /^(?:\/[\w.@+-]+\/|~\/|[A-Za-z]:[\\/]|\\\\[\w.-]+\\)\S*$/;
const WORD = /^[\p{L}\p{M}'’. -]{1,60}$/u;
const BASE_MODEL_KEYS: ReadonlySet<string> = new Set(["base_model_name_or_path", "_name_or_path"]);

/** Keeps of a document what an examiner needs and what shapes are told by. */
export class Collector implements JsonVisitor {
  readonly code: CodeName[] = [];
  readonly urls: Placed[] = [];
  readonly absolutePaths: Placed[] = [];
  readonly leftOutPaths: Placed[] = [];
  readonly trustRemoteCode: TrustSwitch[] = [];
  readonly baseModels: string[] = [];
  readonly templates: Template[] = [];
  readonly pickles: Pickled[] = [];
  readonly components = new Components();
  readonly keras = new KerasObjects();
  readonly pairs = new NamedPairs();
  readonly jinja = new JinjaTexts();
  readonly images = new ImageReferences();
  readonly tokens = new TokenRoles();
  readonly steps = new TokenizerSteps();
  readonly notebook = new Notebook();
  readonly sizes = new Sizes();
  readonly commands: Command[] = [];
  readonly files = new Map<string, Placed>();
  readonly nodes = new Map<string, Placed>();
  readonly tfjs = new TfjsModel();
  /** Entries that the bounds on the lists left out. */
  dropped = 0;
  readonly #registered = new Set<string>();
  readonly #keys = new Set<string>();
  readonly #itemKeys = new Set<string>();
  readonly #counts = { members: 0, numbers: 0, strings: 0, numberedStrings: 0, wordPairs: 0, configEntries: 0, configPaths: 0, nodeMembers: 0 };
  #root: TopLevel["root"] = "scalar";

  /** All texts that are rendered as templates. */
  rendered(): readonly Template[] {
    return [...this.templates, ...this.jinja.end(this.#keys)];
  }

  top(lines: boolean): TopLevel {
    return { root: this.#root, keys: this.#keys, itemKeys: this.#itemKeys, ...this.#counts, lines };
  }

  enter(kind: "object" | "array", path: Path): void {
    this.keras.enter(kind, path);
    this.pairs.enter(path);
    if (path.length === 0) this.#root = kind;
    else this.#member(null, path);
  }

  scalar(value: Scalar, path: Path, at: number): void {
    this.#member(value, path);
    this.components.see(value, path, at);
    this.keras.scalar(value, path);
    this.pairs.see(value, path, at);
    this.jinja.see(value, path);
    this.images.see(value, path, at);
    this.tfjs.see(value, path, at);
    this.tokens.see(value, path, at);
    this.steps.see(value, path, at);
    const last = path[path.length - 1];
    if (isTrue(value) && (last === "trust_remote_code" || last === "allow_remote"))
      this.#keep(this.trustRemoteCode, { ...placed(path, "true", at), obeyed: path.includes("backbone_kwargs") });
    if (typeof value === "number") this.sizes.see(value, path, at);
    if (typeof value !== "string") return;
    this.notebook.see(value, path, at);
    if (isFileName(path)) this.#file(value, path, at);
    if (isNodeType(path)) this.#node(value, path, at);
    const command = commandKindOf(path);
    if (command !== null) this.#keep(this.commands, { kind: command, ...placed(path, value, at) });
    const key = codeKeyOf(path, value);
    if (key !== null) this.#code({ key, ...whole(path, value, at) });
    if (typeof last === "string" && BASE_MODEL_KEYS.has(last) && value !== "") this.#keep(this.baseModels, value.slice(0, MAX_TEXT));
    this.#template(value, path);
    if (last === ":serialized:") this.#pickle(value, at);
    this.#leftOut(value, path, at);
    if (URL_START.test(value)) this.#keep(this.urls, placed(path, value, at));
    else if (ABSOLUTE_PATH.test(value)) this.#keep(this.absolutePaths, placed(path, value, at));
  }

  /** A name under a key that means code to few loaders is kept once: documents are full of them. */
  #code(name: CodeName): void {
    if (name.key !== "registered") this.#keep(this.code, name);
    else if (!this.#registered.has(name.value)) {
      if (this.#registered.size >= MAX_REGISTERED) this.dropped++;
      else {
        this.#registered.add(name.value);
        this.code.push(name);
      }
    }
  }

  #node(value: string, path: Path, at: number): void {
    if (this.nodes.has(value)) return;
    if (this.nodes.size < MAX_FILES) this.nodes.set(value, whole(path, value, at));
    else this.dropped++;
  }

  #file(value: string, path: Path, at: number): void {
    if (this.files.has(value)) return;
    if (this.files.size < MAX_FILES) this.files.set(value, whole(path, value, at));
    else this.dropped++;
  }

  /** A value, or the key of a component: diffusers loads `"unet": ["library", "Class"]` from the folder `unet`. */
  #leftOut(value: string, path: Path, at: number): void {
    const [folder, index] = path;
    const named = path.length === 2 && index === 0 && typeof folder === "string" ? [value, folder] : [value];
    if (!named.some((text) => /\.(?:git|cache)/i.test(text) && leadsIntoLeftOut(text))) return;
    const isToken = isInTokens(path) || (path.length === 1 && typeof folder === "number");
    if (!isToken) this.#keep(this.leftOutPaths, placed(path, value, at));
  }

  /** What the document's top level says about its shape. */
  #member(value: Scalar, path: Path): void {
    const [key, itemKey] = path;
    if (path.length === 2 && key === 0 && typeof itemKey === "string" && this.#itemKeys.size < MAX_TOP_KEYS) this.#itemKeys.add(itemKey);
    const counts = this.#counts;
    if (itemKey === "class_type" && path.length === 2 && typeof value === "string") counts.nodeMembers++;
    if (key === "config" && path.length === 2) counts.configEntries++;
    if (key === "config" && path.length === 3 && path[2] === "path_name") counts.configPaths++;
    if (path.length !== 1) return;
    counts.members++;
    if (typeof key === "string" && this.#keys.size < MAX_TOP_KEYS) this.#keys.add(key);
    if (typeof value === "number") counts.numbers++;
    if (typeof value !== "string") return;
    counts.strings++;
    if (typeof key !== "string") return;
    if (/^\d{1,9}$/.test(key)) counts.numberedStrings++;
    if (WORD.test(key) && WORD.test(value)) counts.wordPairs++;
  }

  /** `"chat_template": "…"`, or a map or a list of `{name, template}` under that key whose strings are templates, but for the names in a list. */
  #template(value: string, path: Path): void {
    const at = path.findLastIndex((key) => typeof key === "string" && TEMPLATE_KEY.test(key));
    if (at === -1 || (typeof path[at + 1] === "number" && path.length === at + 3 && path[at + 2] === "name")) return;
    if (this.templates.length < MAX_TEMPLATES && value.length <= MAX_TEMPLATE_CHARACTERS)
      this.templates.push({ name: path.join(".").slice(0, MAX_TEXT), text: Buffer.from(value.toWellFormed(), "utf8") });
    else this.dropped++;
  }

  /** stable-baselines3 `json_to_data` hands what these letters stand for to cloudpickle. */
  #pickle(value: string, at: number): void {
    if (this.pickles.length < MAX_PICKLES) this.pickles.push({ at, bytes: Buffer.from(value, "base64") });
    else this.dropped++;
  }

  #keep<T>(list: T[], item: T): void {
    if (list.length < MAX_KEPT) list.push(item);
    else this.dropped++;
  }

  left(): number {
    return this.dropped + this.pairs.dropped + this.jinja.left(this.#keys);
  }
}

/** `"class_type"` of a ComfyUI prompt, `nodes[i].type` of a workflow, also in its subgraphs. */
function isNodeType(path: Path): boolean {
  const last = path[path.length - 1];
  if (last === "class_type") return path.length === 2 || (path.length === 3 && path[0] === "prompt");
  return last === "type" && path[path.length - 3] === "nodes" && (path.length === 3 || path[0] === "definitions");
}

/** Loaders ask Python whether it is true, so text and numbers count. */
function isTrue(value: Scalar): boolean {
  return value === true || value === 1 || (typeof value === "string" && /^(?:true|yes|1)$/i.test(value));
}

function placed(path: Path, value: string, at: number): Placed {
  return whole(path, value.slice(0, MAX_TEXT), at);
}

/** What is judged is judged to its end. */
function whole(path: Path, value: string, at: number): Placed {
  return { pointer: pointerOf(path).slice(0, MAX_TEXT), value, at };
}
