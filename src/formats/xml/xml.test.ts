import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { formatContract } from "../../../test/format-contract.ts";
import { bytesOf } from "../../bytes.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { xmlDetector } from "./detect.ts";
import { xmlFormat } from "./format.ts";

const parse = (text: string | Uint8Array, limits = DEFAULT_LIMITS) =>
  xmlFormat.parse(bytesOf(typeof text === "string" ? Buffer.from(text) : text), new Budget(limits));
const detect = (bytes: Uint8Array) => xmlDetector.detect({ head: bytes, tail: bytes, size: bytes.length, at: async () => bytes });
const utf16 = (text: string, mark = "\ufeff") => Buffer.from(mark + text, "utf16le");

describe("detection", () => {
  it.each([
    ['<?xml version="1.0"?><a/>', "yes"],
    ['\ufeff<PMML version="4.4"></PMML>', "yes"],
    ["<!-- c --> <net name='x'>", "yes"],
    ["<!DOCTYPE foo [", "yes"],
    ["<pmml:PMML x='1'>", "yes"],
    ["<!DOCTYPE html><html>", "no"],
    ["<div align=center>\n# A model", "no"],
    ["plain text", "no"],
    ["<network>", "no"],
  ])("%j: %s", async (text, answer) => {
    expect(await detect(Buffer.from(text))).toBe(answer);
  });

  it("knows UTF-16, with a mark and without", async () => {
    expect(await detect(utf16("<?xml version='1.0'?><a/>"))).toBe("yes");
    expect(await detect(utf16("<?xml version='1.0'?><a/>", ""))).toBe("yes");
    expect(await detect(utf16("<?xml version='1.0'?><a/>").swap16())).toBe("yes");
  });
});

describe("#105 document types", () => {
  it("names external entities, parameter entities and the external subset, with their places", async () => {
    const text = `<?xml version="1.0"?>\n<!DOCTYPE net PUBLIC "-//x" 'http://x/y.dtd' [\n<!ENTITY a SYSTEM "file:///etc/passwd">\n<!ENTITY % b PUBLIC "p" "http://x">\n<!ENTITY c SYSTEM "p.png" NDATA png>\n]>\n<net>&a;</net>`;
    const { kind, facts } = await parse(text);
    expect(kind).toBe("parsed");
    expect(facts.doctype).toEqual({ root: "net", publicId: "-//x", system: "http://x/y.dtd", at: 22 });
    expect(facts.entities).toEqual([
      { name: "a", parameter: false, system: "file:///etc/passwd", unparsed: false, at: text.indexOf("<!ENTITY a") },
      { name: "b", parameter: true, system: "http://x", unparsed: false, at: text.indexOf("<!ENTITY % b") },
      { name: "c", parameter: false, system: "p.png", unparsed: true, at: text.indexOf("<!ENTITY c") },
    ]);
  });

  it.each([
    ["in a parameter entity", `<!DOCTYPE a [<!ENTITY % d "<!ENTITY x SYSTEM 'file:///x'>"> %d;]><a/>`],
    ["in a parameter entity, escaped", `<!DOCTYPE a [<!ENTITY % d "&#60;!ENTITY x SYSTEM 'file:///x'>"> %d;]><a/>`],
    ["put together from two", `<!DOCTYPE a [<!ENTITY % s "SYSTEM"><!ENTITY % d "<!ENTITY x %s; 'file:///x'>"> %d;]><a/>`],
    ["in a conditional section", `<!DOCTYPE a [<![INCLUDE[<!ENTITY x SYSTEM "file:///x">]]>]><a/>`],
    ["behind a comment that shows an end", `<!DOCTYPE a [<!-- ]> --><!ENTITY x SYSTEM "file:///x">]><a/>`],
    ["behind a literal that shows an end", `<!DOCTYPE a [<!ATTLIST a b CDATA "]>"><!ENTITY x SYSTEM "file:///x">]><a/>`],
    ["in UTF-16", utf16(`<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///x">]><a/>`)],
  ])("finds an external entity %s", async (_name, text) => {
    const { kind, facts } = await parse(text);
    expect([kind, facts.entities.map(({ name, system }) => [name, system]).filter(([, system]) => system !== null)]).toEqual([
      "parsed",
      [["x", "file:///x"]],
    ]);
  });

  it.each([
    ["ten of ten, nine times", Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(""), "&l9;", 3e9],
    ["by character references", Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&#38;l${i};`.repeat(10)}">`).join(""), "&l9;", 3e9],
    ["quadratic", `<!ENTITY l1 "${"x".repeat(50_000)}">`, "&l1;".repeat(5000), 250_000_000],
    ["only declared", Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(""), "", 3e9],
  ])("measures what entities stand for, and puts none in: %s", async (_name, entities, content, bytes) => {
    const { kind, facts } = await parse(`<!DOCTYPE a [<!ENTITY l0 "lol">${entities}]><a>${content}</a>`);
    expect(kind).toBe("parsed");
    expect(facts.expansion.bytes).toBeGreaterThanOrEqual(bytes);
  });

  it("finds an entity that stands for itself by way of another", async () => {
    expect((await parse(`<!DOCTYPE a [<!ENTITY x "&y;"><!ENTITY y "&x;">]><a>&x;</a>`)).facts.expansion.cycle).toMatch(/^[xy]$/);
    expect((await parse(`<!DOCTYPE a [<!ENTITY x "&y;&y;"><!ENTITY y "z">]><a>&x;</a>`)).facts.expansion).toEqual({
      references: 1,
      bytes: 8,
      cycle: null,
    });
  });

  it("counts references in attributes and in their defaults", async () => {
    expect((await parse(`<!DOCTYPE a [<!ENTITY x "12345"><!ATTLIST a b CDATA "&x;">]><a c="&x;&x;">&x;&lt;&#65;</a>`)).facts.expansion).toEqual({
      references: 4,
      bytes: 20,
      cycle: null,
    });
  });
});

describe("what acts", () => {
  it.each([
    [
      '<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="/etc/passwd" parse="text"/></a>',
      [{ value: "/etc/passwd", parse: "text", at: 45 }],
    ],
    ['<include xmlns="http://www.w3.org/2001/XInclude" href="x"/>', [{ value: "x", parse: null, at: 0 }]],
    ['<a xmlns:i="urn:other"><i:include href="x"/></a>', []],
    ["<a><include href='x'/></a>", []],
  ])("XInclude in %s", async (text, includes) => {
    expect((await parse(text)).facts.includes).toEqual(includes);
  });

  it.each([
    ["<svg><script>alert(1)</script></svg>", ["<script>"]],
    ['<svg onload="alert(1)"/>', ['onload="alert(1)"']],
    ['<svg><a xlink:href=" java&#x73;cript:alert(1)"/></svg>', ['xlink:href=" java&#x73;cript:alert(1)"']],
    ['<PMML xmlns:j="http://xml.apache.org/xalan/java"/>', ['xmlns:j="http://xml.apache.org/xalan/java"']],
    ["<PMML><Extension><script/></Extension></PMML>", ["<script>"]],
    ["<?php system('id') ?><a/>", ["<?php"]],
    ['<svg><a href="https://x" only="1"/></svg>', []],
  ])("scripts in %s", async (text, scripts) => {
    expect((await parse(text)).facts.scripts.map(({ value }) => value)).toEqual(scripts);
  });

  it("style sheets", async () => {
    expect((await parse('<?xml-stylesheet type="text/xsl" href="http://x/y.xsl"?><a/>')).facts.stylesheets).toEqual([
      { value: 'type="text/xsl" href="http://x/y.xsl"', at: 0 },
    ]);
  });

  it("of an OpenVINO graph: layers outside of the sets, what constants own, templates", async () => {
    const { facts } = await parse(
      `<net name="m" version="11"><layers><layer id="0" type="Const" version="opset1"><data element_type="f32" offset="0" size="16"/></layer>` +
        `<layer id="1" type="Own" version="extension"/><layer id="2" type="Relu" version="opset14"><data offset="99" size="1"/></layer></layers>` +
        `<rt_info><chat_template value="{{ a }}&lt;"/></rt_info></net>`,
    );
    expect([facts.shape, facts.layers.map(({ value, version }) => [value, version]), facts.constants]).toEqual([
      "openvino",
      [["Own", "extension"]],
      [{ offset: 0, size: 16 }],
    ]);
    expect(facts.templates.map(({ name, text }) => [name, Buffer.from(text).toString()])).toEqual([["chat_template", "{{ a }}<"]]);
    expect(xmlFormat.children?.(facts).map(({ name, as }) => [name, as])).toEqual([["chat_template", "jinja"]]);
  });

  it("functions of PMML with a dot", async () => {
    expect(
      (await parse('<PMML><Apply function="+"/><Apply function="java.lang.Runtime.exec"/></PMML>')).facts.functions.map(({ value }) => value),
    ).toEqual(["java.lang.Runtime.exec"]);
  });
});

describe("the document itself", () => {
  it.each([
    ["<a>", "broken", 'the element "a" does not end'],
    ["<a></b>", "broken", '"a" is open and "b" ends'],
    ["<a b></a>", "broken", "an attribute without a value in quotes"],
    ["<a b='<'/>", "broken", "a < in a value"],
    ["<a>&x</a>", "broken", "a & that begins no reference"],
    ["<!DOCTYPE a [<!ENTITY x", "broken", "> is missing"],
    ["<a><![CDATA[ ]]", "broken", "a CDATA section that does not end"],
    ["<?xml version='1.0'?>", "broken", "a document without an element"],
    ["<a b", "broken", "an attribute without a value in quotes"],
    [`${"<a>".repeat(3000)}`, "limit", "maxDepth of 2000 reached"],
  ])("%j is %s: %s", async (text, kind, why) => {
    const parsed = await parse(text);
    expect([parsed.kind, parsed.kind === "limit" || text.startsWith("<a<a") ? parsed.kind : parsed.why]).toEqual([
      kind,
      kind === "limit" || text.startsWith("<a<a") ? kind : why,
    ]);
  });

  it("knows where it ends", async () => {
    expect((await parse("<a/>\n<!-- x --><?y?>\n")).facts.trailing).toBeNull();
    expect((await parse("<a/>\n PK\x03\x04")).facts.trailing).toEqual({ offset: 6, size: 4 });
    expect((await parse("<a></a><b/>")).facts.trailing).toEqual({ offset: 7, size: 4 });
  });

  it("says which encoding it claims, and when that is another", async () => {
    const anomalies = async (bytes: string | Uint8Array) => (await parse(bytes)).anomalies.map(({ kind }) => kind);
    expect(await anomalies('<?xml version="1.0" encoding="UTF-7"?><a/>')).toEqual(["encoding"]);
    expect(await anomalies('<?xml version="1.0" encoding="utf-16"?><a/>')).toEqual(["encoding"]);
    expect(await anomalies(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe4</a>', "latin1"))).toEqual([]);
    expect(await anomalies(Buffer.from("<a>\xe4</a>", "latin1"))).toEqual(["encoding"]);
    expect(await anomalies(utf16('<?xml version="1.0" encoding="UTF-16"?><a>\u00e4</a>'))).toEqual([]);
    expect(await anomalies('<a b="1" b="2"/>')).toEqual(["duplicate-attribute"]);
    expect(await anomalies('<!DOCTYPE a [<!ENTITY x "<b/>">]><a>&x;</a>')).toEqual(["entity-markup"]);
  });

  it("stops at the bounds", async () => {
    expect((await parse(`<a>${"<b/>".repeat(1000)}</a>`, { ...DEFAULT_LIMITS, maxSteps: 500 })).kind).toBe("limit");
    expect((await parse("<a/>", { ...DEFAULT_LIMITS, maxMemoryBytes: 3 })).kind).toBe("limit");
    expect((await parse("<a/>", { ...DEFAULT_LIMITS, maxHeaderBytes: 3 })).kind).toBe("limit");
  });
});

const word = fc.stringMatching(/^[a-z]{1,8}$/);
test.prop([word, fc.array(fc.tuple(word, fc.string({ maxLength: 20 })), { maxLength: 5 })])(
  "reads what is written by the rules",
  async (name, attributes) => {
    const escaped = (text: string) => text.toWellFormed().replace(/[&<"\0-\x1f]/g, (c) => `&#${c.charCodeAt(0)};`);
    const unique = [...new Map(attributes)];
    const { kind, facts, anomalies } = await parse(
      `<${name} ${unique.map(([key, value]) => `${key}="${escaped(value)}"`).join(" ")}>${escaped(name)}</${name}>`,
    );
    expect([kind, facts.elements, anomalies]).toEqual(["parsed", 1, []]);
  },
);

formatContract(xmlFormat, [
  Buffer.from(
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY % p "<!ENTITY x \'&#38;y;\'>">%p;<!ENTITY y SYSTEM "u"><!ATTLIST a b CDATA "&x;">]><a c="&x;">&x;<![CDATA[<]]><!-- --></a>',
  ),
  utf16('<net><layers><layer type="Const"><data offset="1" size="2"/></layer></layers></net>'),
]);
