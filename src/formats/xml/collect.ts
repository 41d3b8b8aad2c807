import type { Span } from "../pickle/facts.ts";
import { MAX_KEPT, MAX_TEXT, type XmlInclude, type XmlLayer, type XmlPlaced, type XmlShapeId } from "./facts.ts";

/** An attribute: values as they are written, a character a byte. */
export interface Attribute {
  readonly name: string;
  readonly value: string;
}

const XINCLUDE = /^http:\/\/www\.w3\.org\/200[13]\/XInclude$/;
/** Namespaces by which XSLT processors call scripts and classes: MSXML, Xalan, Saxon, PHP. */
const SCRIPT_NAMESPACE =
  /^(?:urn:schemas-microsoft-com:xslt|https?:\/\/xml\.apache\.org\/(?:xalan|xslt)(?:\/java)?|xalan:|java:|http:\/\/(?:saxon|icl\.com\/saxon|php\.net\/xsl).*|.*\/java\/java\.)/;
const OPERATOR_SET = /^(?:opset\d{1,3}|experimental|ie_internal_opset|util|)$/;
const SHAPES: Readonly<Record<string, XmlShapeId>> = { net: "openvino", PMML: "pmml", svg: "svg", plist: "plist", annotation: "pascal-voc" };
/** Spans kept of an OpenVINO graph; each constant is one. */
const MAX_CONSTANTS = 100_000;
const MAX_TEMPLATES = 20;
const SPACE_LIMIT = 64;

/** Keeps of the elements what an examiner needs. */
export class XmlCollector {
  root = "";
  shape: XmlShapeId | null = null;
  elements = 0;
  dropped = 0;
  readonly includes: XmlInclude[] = [];
  readonly stylesheets: XmlPlaced[] = [];
  readonly scripts: XmlPlaced[] = [];
  readonly functions: XmlPlaced[] = [];
  readonly layers: XmlLayer[] = [];
  readonly constants: Span[] = [];
  readonly templates: { name: string; text: Uint8Array }[] = [];
  /** Prefixes and what they stand for. Declared once for all elements: who uses one prefix for two things hides something, so each is looked at. */
  readonly #spaces = new Map<string, Set<string>>();
  #layer: { readonly type: string } | null = null;

  element(name: string, attributes: readonly Attribute[], at: number): void {
    if (this.elements++ === 0) {
      this.root = text(name);
      this.shape = SHAPES[localOf(name)] ?? null;
    }
    this.#declarations(attributes, at);
    const local = localOf(name).toLowerCase();
    const namespaces = this.#spaces.get(prefixOf(name)) ?? NONE;
    if (local === "include" && [...namespaces].some((space) => XINCLUDE.test(space))) this.#include(attributes, at);
    if (local === "script" || local === "foreignobject" || [...namespaces].some((space) => SCRIPT_NAMESPACE.test(space)))
      this.#keep(this.scripts, { value: `<${text(name)}>`, at });
    this.#actingAttributes(attributes, at);
    if (this.shape === "pmml") this.#pmml(local, attributes, at);
    if (this.shape === "openvino") this.#openvino(local, attributes, at);
  }

  instruction(target: string, content: string, at: number): void {
    if (target.toLowerCase() === "xml-stylesheet") this.#keep(this.stylesheets, { value: text(content.trim()), at });
    else if (/^(?:php|asp|jsp|python|perl)/i.test(target)) this.#keep(this.scripts, { value: `<?${text(target)}`, at });
  }

  #declarations(attributes: readonly Attribute[], at: number): void {
    for (const { name, value } of attributes) {
      if (name !== "xmlns" && !name.startsWith("xmlns:")) continue;
      const prefix = name === "xmlns" ? "" : name.slice(6);
      const spaces = this.#spaces.get(prefix) ?? new Set();
      if (this.#spaces.size < SPACE_LIMIT && spaces.size < SPACE_LIMIT) this.#spaces.set(prefix, spaces.add(value));
      if (SCRIPT_NAMESPACE.test(value)) this.#keep(this.scripts, { value: `${text(name)}="${text(value)}"`, at });
    }
  }

  #include(attributes: readonly Attribute[], at: number): void {
    const value = attributes.find(({ name }) => name === "href")?.value ?? "";
    const parse = attributes.find(({ name }) => name === "parse")?.value ?? null;
    this.#keep(this.includes, { value: Buffer.from(value, "latin1").toString("utf8"), parse: parse === null ? null : text(parse), at });
  }

  #actingAttributes(attributes: readonly Attribute[], at: number): void {
    for (const { name, value } of attributes)
      if (
        /^on[a-z]{3,20}$/i.test(name) ||
        (/(?:^|:)(?:href|src|action|data)$/i.test(name) && /^\s*(?:javascript|vbscript|data:text\/html)/i.test(unescaped(value)))
      )
        this.#keep(this.scripts, { value: `${text(name)}="${text(value)}"`, at });
  }

  #pmml(local: string, attributes: readonly Attribute[], at: number): void {
    if (local !== "apply") return;
    const value = attributes.find(({ name }) => name === "function")?.value ?? "";
    if (value.includes(".")) this.#keep(this.functions, { value: text(value), at });
  }

  #openvino(local: string, attributes: readonly Attribute[], at: number): void {
    const get = (key: string) => attributes.find(({ name }) => name === key)?.value;
    if (local === "layer") {
      const type = get("type") ?? "";
      this.#layer = { type };
      const version = get("version") ?? "";
      if (!OPERATOR_SET.test(version)) this.#keep(this.layers, { value: text(type), version: text(version), at });
    }
    const [offset, size] = [Number(get("offset") ?? Number.NaN), Number(get("size") ?? Number.NaN)];
    const isConstant = local === "data" ? this.#layer?.type === "Const" : local === "weights" || local === "biases";
    if (isConstant && Number.isSafeInteger(offset) && Number.isSafeInteger(size) && offset >= 0 && size > 0) {
      if (this.constants.length < MAX_CONSTANTS) this.constants.push({ offset, size });
      else this.dropped++;
    }
    const template = /chat_template/.test(local) ? get("value") : undefined;
    if (template !== undefined && template !== "") {
      if (this.templates.length < MAX_TEMPLATES) this.templates.push({ name: text(local), text: Buffer.from(unescaped(template), "latin1") });
      else this.dropped++;
    }
  }

  #keep<T>(list: T[], item: T): void {
    if (list.length < MAX_KEPT) list.push(item);
    else this.dropped++;
  }
}

const NONE: ReadonlySet<string> = new Set();

export function localOf(name: string): string {
  return name.slice(name.lastIndexOf(":") + 1);
}

function prefixOf(name: string): string {
  const colon = name.lastIndexOf(":");
  return colon === -1 ? "" : name.slice(0, colon);
}

/** A value as a person reads it. */
function text(value: string): string {
  return Buffer.from(value.slice(0, MAX_TEXT), "latin1").toString("utf8");
}

const PREDEFINED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", apos: "'", quot: '"' };

/** References put in; characters beyond a byte as the bytes of their UTF-8. */
function unescaped(value: string): string {
  return value.replace(/&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|apos|quot));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return PREDEFINED[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? whole : Buffer.from(String.fromCodePoint(code)).toString("latin1");
  });
}
