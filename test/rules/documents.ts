import { readFileSync } from "node:fs";
import type { Files } from "../techniques/technique.ts";
import type { RuleExample } from "./example.ts";

const PMML = readFileSync(new URL("../fixtures/inert/model.pmml", import.meta.url), "utf8");
const PICTURE = readFileSync(new URL("../fixtures/inert/square.png", import.meta.url));
const graph = (text: string): Files => ({ "openvino_model.xml": text });
const pmml = (text: string): Files => ({ "model.pmml": text });
const svg = (text: string): Files => ({ "logo.svg": text });
const plainGraph = graph('<net name="x" version="11"></net>');
const laughs = (depth: number) =>
  `<!DOCTYPE PMML [<!ENTITY l0 "lol">${Array.from({ length: depth }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("")}]><PMML>&l${depth};</PMML>`;

const XML: readonly RuleExample[] = [
  {
    rule: "xml-external-entity",
    severity: "high",
    fires: {
      what: "A graph with an entity that is the file `/etc/passwd`.",
      files: graph('<!DOCTYPE net [<!ENTITY x SYSTEM "file:///etc/passwd">]><net>&x;</net>'),
    },
    silent: { what: "A graph without a document type.", files: plainGraph },
  },
  {
    rule: "xml-entity-expansion",
    severity: "high",
    fires: { what: "A model whose entities stand for three billion letters.", files: pmml(laughs(9)) },
    silent: { what: "A model whose entities stand for three hundred letters.", files: pmml(laughs(2)) },
  },
  {
    rule: "xml-entity",
    severity: "low",
    fires: { what: "A model with an abbreviation of its own.", files: pmml('<!DOCTYPE PMML [<!ENTITY a "b">]><PMML>&a;</PMML>') },
    silent: { what: "A model with an entity that XML has.", files: pmml("<PMML>&amp;</PMML>") },
  },
  {
    rule: "xml-include",
    severity: "high",
    fires: {
      what: "A graph that includes `/etc/passwd` as text.",
      files: graph('<net xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="/etc/passwd" parse="text"/></net>'),
    },
    silent: { what: "A graph with its layers only.", files: plainGraph },
  },
  {
    rule: "xml-stylesheet",
    severity: "medium",
    fires: {
      what: "A model with a style sheet from an address.",
      files: pmml('<?xml-stylesheet type="text/xsl" href="http://example.org/y.xsl"?><PMML/>'),
    },
    silent: { what: "A model of PMML as scikit-learn's converters write it.", files: pmml(PMML) },
  },
  {
    rule: "xml-script",
    severity: "medium",
    fires: { what: "A picture with a script.", files: svg('<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>') },
    silent: { what: "A picture with a path.", files: svg('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>') },
  },
  {
    rule: "xml-structure",
    severity: "medium",
    fires: { what: "A graph with one attribute twice.", files: graph('<net name="x" name="y"></net>') },
    silent: { what: "A graph with each attribute once.", files: plainGraph },
  },
  {
    rule: "pmml-java-function",
    severity: "medium",
    fires: { what: "A model that applies the function `com.acme.Run`.", files: pmml('<PMML><Apply function="com.acme.Run"/></PMML>') },
    silent: { what: "A model that applies the function `log10`.", files: pmml('<PMML><Apply function="log10"/></PMML>') },
  },
  {
    rule: "openvino-extension",
    severity: "medium",
    fires: {
      what: "A graph with a layer of the kind `Acme`, version `extension`.",
      files: graph('<net><layer type="Acme" version="extension"/></net>'),
    },
    silent: { what: "A graph with a layer of operator set 1.", files: graph('<net><layer type="MatMul" version="opset1"/></net>') },
  },
];

const chunk = Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from("abCDhi"), Buffer.from("3f0b9e5c", "hex")]);

const INERT: readonly RuleExample[] = [
  {
    rule: "appended-data",
    severity: "medium",
    fires: { what: "A picture with words behind its end.", files: { "logo.png": Buffer.concat([PICTURE, Buffer.from("words")]) } },
    silent: { what: "A picture that ends where it says.", files: { "logo.png": PICTURE } },
  },
  {
    rule: "foreign-part",
    severity: "info",
    fires: {
      what: "A picture with a part called `abCD`.",
      files: { "logo.png": Buffer.concat([PICTURE.subarray(0, 33), chunk, PICTURE.subarray(33)]) },
    },
    silent: { what: "A picture with the parts of PNG.", files: { "logo.png": PICTURE } },
  },
  {
    rule: "invisible-characters",
    severity: "info",
    fires: {
      what: "A README with two characters that turn the direction of writing.",
      files: { "README.md": "# Model\n\nSay \u202eolleh\u202c.\n" },
    },
    silent: { what: "A README in Arabic.", files: { "README.md": "# نموذج\n\nمرحبا\n" } },
  },
];

export const DOCUMENT_EXAMPLES: readonly RuleExample[] = [...XML, ...INERT];
