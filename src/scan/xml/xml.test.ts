import { describe, expect, it } from "vitest";
import { bytesOf } from "../../bytes.ts";
import type { Examined } from "../../finding.ts";
import { xmlFormat } from "../../formats/xml/format.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { xmlExaminer } from "./examiner.ts";

async function examine(text: string, name = "model.xml"): Promise<Examined> {
  const parsed = await xmlFormat.parse(bytesOf(Buffer.from(text)), new Budget(DEFAULT_LIMITS));
  return xmlExaminer.examine(parsed, { path: name, name, size: text.length, containers: [] });
}
const seen = async (text: string) => (await examine(text)).findings.map(({ rule, severity }) => [rule, severity]);
const laughs = (depth: number) => Array.from({ length: depth }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");

describe("#105 XXE", () => {
  it.each([
    ["a file", `<!DOCTYPE net [<!ENTITY x SYSTEM "file:///etc/passwd">]><net>&x;</net>`, [["xml-external-entity", "high"]]],
    ["a file that nothing refers to", `<!DOCTYPE PMML [<!ENTITY x SYSTEM "x.txt">]><PMML/>`, [["xml-external-entity", "high"]]],
    ["a server, by a parameter entity", `<!DOCTYPE net [<!ENTITY % x SYSTEM "http://x/y.dtd"> %x;]><net/>`, [["xml-external-entity", "high"]]],
    ["a document type of a server", `<!DOCTYPE net SYSTEM "http://x/y.dtd"><net/>`, [["xml-external-entity", "high"]]],
    ["a document type of the machine", `<!DOCTYPE a SYSTEM "file:///etc/x.dtd"><a/>`, [["xml-external-entity", "high"]]],
    ["a document type of a metadata server", `<!DOCTYPE a SYSTEM "http://169.254.169.254/latest/y.dtd"><a/>`, [["xml-external-entity", "high"]]],
    ["a document type of a server inside", `<!DOCTYPE a SYSTEM "http://meta.google.internal/y.dtd"><a/>`, [["xml-external-entity", "high"]]],
    ["a document type that is asked for with a question", `<!DOCTYPE a SYSTEM "http://x.org/y.dtd?a=b"><a/>`, [["xml-external-entity", "high"]]],
    ["a published type of a graph, which has none", `<!DOCTYPE net SYSTEM "http://x.org/y.dtd"><net/>`, [["xml-external-entity", "high"]]],
    [
      "a published type with a parameter entity",
      `<!DOCTYPE a SYSTEM "http://x.org/y.dtd" [<!ENTITY % b "c">]><a/>`,
      [
        ["xml-external-entity", "high"],
        ["xml-entity", "low"],
      ],
    ],
    [
      "a published type of data",
      `<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "http://dtd.nlm.nih.gov/pubmed.dtd"><PubmedArticleSet/>`,
      [["xml-external-entity", "medium"]],
    ],
    ["a document type beside it", `<!DOCTYPE PMML PUBLIC "PMML 2.0" "pmml_2_0.dtd"><PMML/>`, [["xml-external-entity", "medium"]]],
    ["an unparsed entity", `<!DOCTYPE net [<!ENTITY x SYSTEM "a.png" NDATA png>]><net/>`, [["xml-external-entity", "medium"]]],
  ])("%s", async (_name, text, findings) => {
    expect(await seen(text)).toEqual(findings);
  });

  it.each([
    [
      "the public type of SVG",
      `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg/>`,
      [["xml-external-entity", "info"]],
    ],
    [
      "the public type of property lists",
      `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist/>`,
      [["xml-external-entity", "info"]],
    ],
    [
      "an abbreviation in a picture",
      `<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg xmlns="&ns_svg;"/>`,
      [["xml-entity", "info"]],
    ],
    ["an abbreviation in a model", `<!DOCTYPE PMML [<!ENTITY a "b">]><PMML>&a;</PMML>`, [["xml-entity", "low"]]],
    [
      "a schema's address",
      `<PMML xmlns="http://www.dmg.org/PMML-4_4" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"/>`,
      [],
    ],
    ["text that shows one", `<PMML><Header description="&lt;!ENTITY x SYSTEM 'file:///x'>"/><!-- <!DOCTYPE x SYSTEM "y"> --></PMML>`, []],
  ])("is none: %s", async (_name, text, findings) => {
    expect(await seen(text)).toEqual(findings);
  });
});

describe("#105 billion laughs", () => {
  it.each([
    ["laughs", `<!DOCTYPE net [<!ENTITY l0 "lol">${laughs(9)}]><net>&l9;</net>`],
    ["laughs that nobody asked for", `<!DOCTYPE net [<!ENTITY l0 "lol">${laughs(9)}]><net/>`],
    ["a quadratic one", `<!DOCTYPE net [<!ENTITY a "${"x".repeat(100_000)}">]><net>${"&a;".repeat(10_000)}</net>`],
    ["an endless one", `<!DOCTYPE net [<!ENTITY a "&b;"><!ENTITY b "&a;">]><net>&a;</net>`],
  ])("%s", async (_name, text) => {
    expect(await seen(text)).toContainEqual(["xml-entity-expansion", "high"]);
  });

  it("is none where entities repeat a few words", async () => {
    expect(await seen(`<!DOCTYPE net [<!ENTITY l0 "lol">${laughs(3)}]><net>&l3;</net>`)).toEqual([["xml-entity", "low"]]);
  });
});

describe("what acts", () => {
  it.each([
    ['<net xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="/etc/passwd" parse="text"/></net>', [["xml-include", "high"]]],
    ['<net xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="part.xml"/></net>', [["xml-include", "medium"]]],
    ['<?xml-stylesheet type="text/xsl" href="http://x/y.xsl"?><PMML/>', [["xml-stylesheet", "medium"]]],
    ["<PMML><Extension><script>x</script></Extension></PMML>", [["xml-script", "high"]]],
    ["<svg><script>x</script></svg>", [["xml-script", "medium"]]],
    ['<PMML><Apply function="com.x.Y"/></PMML>', [["pmml-java-function", "medium"]]],
    ['<net><layer type="Own" version="extension"/></net>', [["openvino-extension", "medium"]]],
    ['<net><layer type="BPETokenizer" version="extension"/></net>', [["openvino-extension", "info"]]],
    [
      '<!DOCTYPE net [<!ENTITY x "<layer/>">]><net>&x;</net>',
      [
        ["xml-entity", "low"],
        ["xml-entity", "medium"],
      ],
    ],
    ['<net a="1" a="2"/>', [["xml-structure", "medium"]]],
    ["<net/>PK", [["appended-data", "medium"]]],
    ['<PMML version="4.4"><Extension name="x" value="y"/><DataDictionary/></PMML>', []],
    ['<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', []],
    ["<plist><dict><key>a</key></dict></plist>", []],
  ])("%s", async (text, findings) => {
    expect(await seen(text)).toEqual(findings);
  });

  it("of an unknown shape or encoding is said not to be examined", async () => {
    expect((await examine("<project/>")).unexamined).toEqual(["XML of no shape that is known in a model repository: its root is <project>"]);
    expect((await examine('<?xml version="1.0" encoding="UTF-7"?><net/>')).unexamined).toEqual(["XML in an encoding that is not read here"]);
  });

  it("refers to the weights beside a graph, and says what of them constants own", async () => {
    const graph =
      '<net><layer type="Const" version="opset1"><data offset="0" size="8"/></layer><layer type="Const" version="opset1"><data offset="8" size="4"/></layer></net>';
    const owns = [
      { offset: 0, size: 8 },
      { offset: 8, size: 4 },
    ];
    expect((await examine(graph, "openvino_model.xml")).references).toEqual([{ kind: "tensor-data", target: "openvino_model.bin", owns }]);
    expect((await examine("<net/>")).references).toEqual([]);
  });
});

it("takes the boxes of Pascal VOC for data", async () => {
  const voc = await examine("<annotation><filename>a.jpg</filename><object><name>cat</name></object></annotation>", "000001.xml");
  expect([voc.findings, voc.unexamined]).toEqual([[], []]);
  expect((await examine("<annotations><a/></annotations>", "x.xml")).unexamined).toEqual([
    "XML of no shape that is known in a model repository: its root is <annotations>",
  ]);
});
