import { bytesOf } from "../../src/bytes.ts";
import { xmlDetector } from "../../src/formats/xml/detect.ts";
import { xmlFormat } from "../../src/formats/xml/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../src/limits.ts";
import { xmlExaminer } from "../../src/scan/xml/index.ts";
import type { FuzzTarget } from "./target.ts";

const DOCUMENTS = [
  '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE a PUBLIC "p" "s" [<!ENTITY % p "<!ENTITY x \'&#38;y;\'>">%p;<!ENTITY y SYSTEM "u" NDATA n><!ATTLIST a b CDATA "&x;"><![INCLUDE[<!ELEMENT a ANY>]]>]><a c="&x;">&x;</a>',
  '<net><layers><layer type="Const" version="opset1"><data offset="1" size="2"/></layer><layer type="X" version="y"/></layers><rt_info><chat_template value="{{ a }}"/></rt_info></net>',
  '<PMML xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="../x"/><Apply function="a.b"/><Extension><script/></Extension></PMML><!-- -->',
  '<?xml-stylesheet href="x"?><svg onload="a"><a href="javascript:b"/><![CDATA[<]]></svg>tail',
];
const PIECES = [
  "<",
  ">",
  "/>",
  "</",
  "<!",
  "<!--",
  "-->",
  "<?",
  "?>",
  "<![CDATA[",
  "]]>",
  "<!DOCTYPE ",
  "<!ENTITY ",
  "% ",
  "%p;",
  "&",
  "&x;",
  "&#38;",
  ";",
  '"',
  "'",
  "[",
  "]",
  "=",
  "SYSTEM ",
  "xmlns:",
  "\0",
  "\xff\xfe",
  " ",
];

const target: FuzzTarget = {
  name: "xml",
  async seeds() {
    return [...DOCUMENTS.map((text) => Buffer.from(text)), Buffer.from(`\ufeff${DOCUMENTS[0]}`, "utf16le")];
  },
  mutate(seed, random) {
    let text = Buffer.from(seed).toString("latin1");
    for (let n = 1 + random.below(4); n > 0; n--) {
      const at = random.below(text.length + 1);
      text = text.slice(0, at) + random.pick(PIECES) + text.slice(at + random.below(4));
    }
    return Buffer.from(text, "latin1");
  },
  async check(bytes) {
    await xmlDetector.detect({ head: bytes.subarray(0, 4096), tail: bytes, size: bytes.length, at: async () => bytes });
    const budget = new Budget({ ...DEFAULT_LIMITS, maxSteps: 2_000_000 });
    const parsed = await xmlFormat.parse(bytesOf(bytes), budget);
    const { findings } = xmlExaminer.examine(parsed, { path: "a.xml", name: "a.xml", size: bytes.length, containers: [] });
    for (const { where } of findings) if ((where.offset ?? 0) > bytes.length) throw new Error(`a finding at ${where.offset} of ${bytes.length}`);
    for (const { region } of xmlFormat.children?.(parsed.facts) ?? [])
      if (region.in === "slice" && region.offset + region.size > bytes.length) throw new Error("a child outside of the document");
    budget.hold(DEFAULT_LIMITS.maxMemoryBytes); // everything that was held is given back
  },
};

export default target;
