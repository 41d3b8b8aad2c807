import { type Examined, type Examiner, type Finding, findingOf } from "../../finding.ts";
import type { ImageFacts } from "../../formats/image/facts.ts";
import { appendedFinding } from "./appended.ts";
import { INERT_RULES } from "./rules.ts";

/** An image is inert when it is nothing but an image. What lies in foreign parts or after the end is searched by the walker. */
export function imageExaminer(kind: ImageFacts["kind"]): Examiner<ImageFacts> {
  return {
    id: `image-${kind}`,
    version: 1,
    reads: kind,
    rules: [INERT_RULES.appended, INERT_RULES.foreign],
    examine({ facts, anomalies }, { path }): Examined {
      const foreign = anomalies
        .filter((anomaly) => anomaly.kind === "foreign-part")
        .map(
          ({ at, what }): Finding =>
            findingOf(INERT_RULES.foreign, { severity: "info", where: { path, offset: at }, title: `In the image, ${what}`, proof: { at } }),
        );
      return { findings: [...foreign, ...appendedFinding(facts.endsAt, facts.size, `the ${kind.toUpperCase()} image`, path)] };
    },
  };
}
