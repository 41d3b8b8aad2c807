import { sliceOf } from "../../bytes.ts";
import type { Format, Parsed } from "../../format.ts";
import { LimitError } from "../../limits.ts";
import { notZero, schemaOf, type Verified, verifyFlatBuffer } from "../flatbuffers/index.ts";
import schemaFile from "./catboost-schema.json" with { type: "json" };
import { childrenOfBooster } from "./children.ts";
import { type BoosterFacts, NOTHING } from "./facts.ts";

const SCHEMA = schemaOf(schemaFile);
const MAX_ABOUT = 20;

/**
 * CatBoost models (`.cbm`): `CBM1`, the size of the core, the core as a FlatBuffer, and parts of the model behind it where the core names any. The
 * core is walked by its schema. https://github.com/catboost/catboost/blob/master/catboost/libs/model/model.cpp (`TFullModel::Save`)
 */
export const catboostFormat: Format<BoosterFacts> = {
  id: "catboost",
  async parse(source, budget): Promise<Parsed<BoosterFacts>> {
    const about = new Map<string, string>();
    const nothing = { ...NOTHING, size: source.size };
    if (source.size < 16) return { kind: "broken", facts: nothing, anomalies: [], at: 0, why: "shorter than a header" };
    const head = Buffer.from(await source.read(4, 12));
    const wide = head.readUInt32LE(0) === 0xffffffff;
    const from = wide ? 16 : 8;
    const size = wide ? Number(head.readBigUInt64LE(4)) : head.readUInt32LE(0);
    if (!(from + size <= source.size))
      return { kind: "broken", facts: { ...nothing, endsAt: 4 }, anomalies: [], at: 4, why: `a core of ${size} bytes in ${source.size - from}` };
    let verified: Verified | null = null;
    let parts = 0;
    try {
      const core = sliceOf(source, from, size);
      verified = await verifyFlatBuffer(core, SCHEMA, budget, (table) => {
        if (table.type === "TModelCore") {
          about.set("format", (table.text("FormatVersion") ?? "").slice(0, 60));
          parts = table.vector("ModelPartIds")?.count ?? 0;
        }
        const key = table.type === "TKeyValue" ? table.text("Key") : undefined;
        if (key !== undefined && about.size < MAX_ABOUT) about.set(key.slice(0, 60), (table.text("Value") ?? "").slice(0, 60));
      });
      const { anomalies, kind, at = 0, why = "" } = verified;
      if (kind === "broken")
        return {
          kind,
          facts: { ...nothing, opaque: [{ offset: from, size: source.size - from }], endsAt: source.size },
          anomalies: anomalies.list,
          at: from + at,
          why,
        };
      const gaps = await notZero(core, verified.spans.gaps(size), budget);
      const opaque = gaps.map((gap) => ({ offset: from + gap.offset, size: gap.size }));
      const behind = source.size - from - size;
      if (parts > 0 && behind > 0) opaque.push({ offset: from + size, size: behind });
      const notes = gaps.map((gap) => ({ kind: "unowned", at: from + gap.offset, what: `${gap.size} bytes that no table of the core owns` }));
      return {
        kind: "parsed",
        facts: { ...nothing, about: Object.fromEntries(about), opaque, endsAt: parts > 0 ? source.size : from + size },
        anomalies: [...anomalies.list, ...notes],
      };
    } catch (error) {
      if (!(error instanceof LimitError)) throw error;
      return { kind: "limit", facts: { ...nothing, opaque: [{ offset: from, size: source.size - from }] }, anomalies: [], why: error.message };
    } finally {
      verified?.spans.close();
    }
  },
  children: childrenOfBooster,
};
