import type { Rule } from "../../finding.ts";

export const XML_RULES = {
  external: {
    id: "xml-external-entity",
    summary: "an XML document that takes text from elsewhere",
    gain: "A parser that resolves external entities (XXE) reads files of the machine or asks servers for the author of the file, as soon as the model is loaded. lxml does before 5.0, Python's SAX before 3.7.1, and parsers on the Java platform, as evaluators of PMML use, unless they are told not to.",
    check: "Look at the document type at the start of the file: models have none. Parse it with a parser that forbids them, such as defusedxml.",
    references: [
      "https://cwe.mitre.org/data/definitions/611.html",
      "https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing",
    ],
  },
  expansion: {
    id: "xml-entity-expansion",
    summary: "entities of an XML document that stand for far more than the file holds",
    gain: "A parser that puts them in runs out of memory (billion laughs, quadratic blow-up): whatever loads or scans the model goes down. Expat before 2.4.0, which Python's own parsers use, has no bound (CVE-2013-0340).",
    check: "Look at the ENTITY declarations at the start of the file: models have none.",
    references: ["https://cwe.mitre.org/data/definitions/776.html", "https://en.wikipedia.org/wiki/Billion_laughs_attack"],
  },
  entity: {
    id: "xml-entity",
    summary: "entities of its own in an XML document",
    gain: "Parsers that put entities in and parsers that do not read different documents, so what was checked is not what is loaded.",
    check: "Look at the ENTITY declarations at the start of the file: models have none.",
    references: ["https://www.w3.org/TR/xml/#sec-entity-decl"],
  },
  include: {
    id: "xml-include",
    summary: "XInclude in an XML document",
    gain: "A parser with XInclude puts a file of the machine, or one that it fetches, into the document: libxml2 (lxml's xinclude()) and parsers on the Java platform, in every version, where the program asks for it.",
    check: "Search the file for the XInclude namespace: models do not use it.",
    references: ["https://www.w3.org/TR/xinclude/"],
  },
  stylesheet: {
    id: "xml-stylesheet",
    summary: "an XML document that brings a style sheet",
    gain: "Browsers and processors that follow it (Xalan, Saxon, libxslt) run the transformation, which can fetch, and in some processors call code. No loader of models is known that does.",
    check: "Look at the xml-stylesheet instruction at the start of the file: models have none.",
    references: ["https://www.w3.org/TR/xml-stylesheet/"],
  },
  script: {
    id: "xml-script",
    summary: "a script in an XML document",
    gain: "A browser that shows the file, or a processor that transforms it, runs the script; no loader of models does.",
    check: "Look at the element or attribute given; a model or a picture needs none.",
    references: ["https://www.w3.org/TR/SVG2/interact.html"],
  },
  function: {
    id: "pmml-java-function",
    summary: "a function of a PMML model that is no function of PMML",
    gain: "Evaluators on the Java platform, such as JPMML-Evaluator, take a dotted name for a class by design, load it and call it with values of the model.",
    check: "Look at the Apply element given; the functions that PMML has are listed in its specification.",
    references: ["https://dmg.org/pmml/v4-4-1/BuiltinFunctions.html"],
  },
  layer: {
    id: "openvino-extension",
    summary: "a layer of an OpenVINO graph that is in no operator set",
    gain: "OpenVINO runs the graph only with native code from elsewhere that registers the layer (add_extension); it refuses it otherwise.",
    check: "Ask the publisher which extension library registers it, and whether you trust it.",
    references: ["https://docs.openvino.ai/2025/documentation/openvino-extensibility.html"],
  },
  structure: {
    id: "xml-structure",
    summary: "an XML document that parsers read differently",
    gain: "A scanner that reads it in one way misses what any loader does with the other.",
    check: "Give the file to `xmllint --noout` and look at its first line.",
    references: ["https://www.w3.org/TR/xml/#charencoding"],
  },
} as const satisfies Record<string, Rule>;
