/**
 * Top-level members that model servers read beyond OpenAI's API and that would change which model answers, how it was set up, or who shares what with
 * whom (gateway-dialects §3). `refuse`: without it the answer would be another one than was asked for, so the caller is told. `drop`: it only asks for
 * how the work is done, so it is left out, and a header says so.
 */
export type MemberRule = { readonly effect: "refuse" | "drop"; readonly why: string };

const refuse = (why: string): MemberRule => ({ effect: "refuse", why });
const drop = (why: string): MemberRule => ({ effect: "drop", why });

const ADAPTER = refuse("it changes the weights that answer, and only what has a ticket may");
const TEMPLATE = refuse("the chat template is part of the model that was admitted");
const RUNNER = refuse("it changes how the model is loaded");
const CODE = refuse("it makes the model server run what the caller sends");
const PEER = refuse("it makes the model server talk to another machine");
const COST = refuse("it multiplies the work of a call beyond what was reserved for it: use max_tokens and n");

export const MEMBER_RULES: ReadonlyMap<string, MemberRule> = new Map([
  // llama.cpp, vLLM, SGLang, TGI
  ["lora", ADAPTER],
  ["lora_request", ADAPTER],
  ["lora_adapters", ADAPTER],
  ["lora_path", ADAPTER],
  ["adapter_id", ADAPTER],
  // vLLM, SGLang, Ollama
  ["chat_template", TEMPLATE],
  ["template", TEMPLATE],
  ["raw", TEMPLATE],
  ["tool_prompt", TEMPLATE],
  ["options", RUNNER],
  ["_debug_render_only", RUNNER],
  // vLLM, SGLang
  ["vllm_xargs", refuse("it reaches past the API into the model server")],
  ["mm_processor_kwargs", refuse("it reaches past the API into the model server")],
  ["media_io_kwargs", refuse("it reaches past the API into the model server")],
  ["prompt_embeds", refuse("it goes past the tokenizer of the model that was admitted")],
  ["logits_processors", CODE],
  ["custom_logit_processor", CODE],
  ["kv_transfer_params", PEER],
  ["ec_transfer_params", PEER],
  ["bootstrap_host", PEER],
  ["bootstrap_port", PEER],
  ["bootstrap_room", PEER],
  ["session_params", refuse("it reads what other calls left on the model server")],
  ["context", refuse("it is history that nobody can read")],
  // llama.cpp
  ["grammar", refuse("the model server would compile what the caller sends: use response_format")],
  ["grammar_triggers", refuse("the model server would compile what the caller sends: use response_format")],
  ["reasoning_control", refuse("it changes another call while that runs")],
  ["n_predict", COST],
  ["best_of", COST],
  ["use_beam_search", COST],
  ["n_cmpl", COST],
  // Infinity
  ["modality", refuse("the model server would fetch what the input names")],
  // How, not what
  ["cache_prompt", drop("slots and caches are shared by all callers")],
  ["id_slot", drop("slots and caches are shared by all callers")],
  ["keep_alive", drop("when a model is unloaded is not the caller's to say")],
  ["priority", drop("no caller goes before others")],
  ["request_id", drop("ids of the model server are shared by all callers")],
  ["rid", drop("ids of the model server are shared by all callers")],
]);

/** Members that the gateway reads. Written in other letters they are refused: Go's decoder would take `Model` for `model`. */
export const READ_MEMBERS: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "input",
  "stream",
  "stream_options",
  "n",
  "max_tokens",
  "max_completion_tokens",
  "chat_template_kwargs",
]);

/** As Go's encoding/json compares names: without regard to case, and with the Kelvin sign and the long s as k and s. */
export function folded(name: string): string {
  return name.toUpperCase().toLowerCase();
}

/** What callers may say to a chat template: whether and how much the model thinks. A template's text or paths are not among it. */
export const TEMPLATE_SETTINGS: ReadonlySet<string> = new Set(["enable_thinking", "thinking", "reasoning_effort", "thinking_budget"]);
