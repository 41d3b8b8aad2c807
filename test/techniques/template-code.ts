import { GgufEncoder, ggufOf } from "../fixtures/tensors/writers.ts";
import type { Files, Technique } from "./technique.ts";

const e = new GgufEncoder();
const gguf = (template: string, key = "tokenizer.chat_template"): Files => ({ "model.gguf": ggufOf({ metadata: [[key, e.textValue(template)]] }) });
const chat = (inside: string) => `{% for m in messages %}${inside}{{ '<|' ~ m.role ~ '|>' ~ m.content }}{% endfor %}`;
const plain = (inside: string): Files => ({ "chat_template.jinja": chat(inside) });

const escapes = (number: 98 | 99, title: string, shown: string, honest: string, make: (inside: string) => Files = plain): Technique => ({
  number,
  title,
  files: make(shown),
  least: "block",
  nearMiss: make(honest),
});
const inGguf = (inside: string) => gguf(chat(inside));

/** Templates that leave the sandbox, and the ways to write that so that no list of words finds it. */
export const TEMPLATE_CODE_TECHNIQUES: readonly Technique[] = [
  escapes(
    98,
    "a template of GGUF that climbs to every class",
    "{% for c in [].__class__.__base__.__subclasses__() %}{% if c.__name__ == 'catch_warnings' %}{{ c()._module.__builtins__['__import__']('os').popen('true').read() }}{% endif %}{% endfor %}",
    "{% if m.tool_calls %}{{ m.tool_calls|tojson }}{% endif %}",
    inGguf,
  ),
  escapes(98, "a template of GGUF that reaches a function's globals", "{{ self.__init__.__globals__ }}", "{{ '__init__.__globals__' }}", inGguf),
  escapes(98, "a named template of GGUF that escapes", "{{ m.__class__ }}", "{{ m.class }}", (inside) =>
    gguf(chat(inside), "tokenizer.chat_template.rag"),
  ),
  escapes(99, "an attribute by the filter attr", "{{ m|attr('__class__') }}", "{{ m.name|default('attr') }}"),
  escapes(99, "a name in hexadecimal escapes", "{{ m['\\x5f\\x5fclass\\x5f\\x5f'] }}", "{{ m['name']|default('') }}"),
  escapes(99, "a name that is joined", "{{ m|attr(['__', 'class', '__']|join) }}", "{{ ['a', 'b']|join }}"),
  escapes(99, "a name that format writes", "{{ m['%s%sclass%s%s'|format('_', '_', '_', '_')] }}", "{{ '%s: '|format(m.role) }}"),
  escapes(99, "a name that is reversed", "{{ m|attr('__ssalc__'[::-1]) }}", "{{ m.role[::-1][::-1][:0] }}"),
  escapes(99, "a name that is replaced", "{{ m|attr('--class--'|replace('-', '_')) }}", "{{ '--'|replace('-', '') }}"),
  escapes(99, "a name from the keys of a dictionary", "{{ m|attr(dict(__class__=1)|list|first) }}", "{{ dict(a=1)|list|first }}"),
  escapes(99, "a name that is handed through map", "{{ [m]|map(attribute='__class__')|list }}", "{{ [m]|map(attribute='role')|list|length }}"),
  escapes(
    99,
    "a name that a variable carries",
    "{% set a = '__cla' %}{% set b = 'ss__' %}{{ m[a ~ b] }}",
    "{% set a = 'ro' %}{% set b = 'le' %}{{ (a ~ b)[:0] }}",
  ),
  escapes(99, "the globals of cycler", "{{ cycler.__init__.__globals__.os }}", "{{ loop.cycle('', '\\n') }}"),
  escapes(99, "the globals of namespace", "{{ namespace.__init__.__globals__ }}", "{% set n = namespace(a='') %}{{ n.a }}"),
  escapes(99, "the globals of lipsum", "{{ lipsum.__globals__['os'] }}", "{{ ['lipsum'][0][:0] }}"),
  escapes(
    99,
    "the globals of joiner behind a variable",
    "{% set j = joiner %}{{ (j|attr('__init__'))['__globals__'] }}",
    "{% set j = namespace(first=true) %}{{ '' if j.first else ', ' }}",
  ),
];
