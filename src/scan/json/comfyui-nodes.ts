import { type Examined, findingOf, type SubjectInfo } from "../../finding.ts";
import type { Parsed } from "../../format.ts";
import type { JsonFacts } from "../../formats/json/facts.ts";
import data from "./data/comfyui-nodes.json" with { type: "json" };
import { JSON_RULES as RULES } from "./rules.ts";

const OWN: ReadonlySet<string> = new Set(data.own.flatMap(({ nodes }) => nodes.split(" ")));
/** A subgraph that the workflow itself defines, by its id. */
const SUBGRAPH = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$|^workflow[>/]/;

/** Nodes of a workflow for ComfyUI that come from elsewhere. */
export function examineNodes({ facts }: Parsed<JsonFacts>, { path }: SubjectInfo): Examined {
  const foreign = facts.nodes.filter(({ value }) => !OWN.has(value) && !SUBGRAPH.test(value));
  return {
    findings: foreign.map(({ pointer, value, at }) =>
      findingOf(RULES.customNode, {
        severity: "medium",
        where: { path, offset: at },
        title: `${pointer} is a node that ComfyUI does not come with: ${JSON.stringify(value)}`,
        proof: { pointer, type: value },
      }),
    ),
  };
}
