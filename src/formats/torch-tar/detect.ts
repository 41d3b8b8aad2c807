import type { Detector } from "../../format.ts";
import { lazily } from "../../lazily.ts";
import { Budget, DEFAULT_LIMITS } from "../../limits.ts";
import { tarDetector } from "../tar/detect.ts";
import { memberNameOf } from "./member-name.ts";

/** torch writes four members; an archive that has its two somewhere behind these many is read as the plain tar that it is. */
const LISTING_LIMITS = { ...DEFAULT_LIMITS, maxEntries: 64, maxSteps: 50_000 };

const engine = lazily(() => import("../tar/parse.ts"));

/** A tar in which the loader finds what it unpickles: `storages` and `pickle`. */
export const torchTarDetector: Detector = {
  id: "torch-tar",
  refines: ["tar"],
  async detect(probe) {
    const tar = await tarDetector.detect(probe);
    if (tar === "no") return "no";
    const { parseTar } = await engine();
    const { facts } = await parseTar({ size: probe.size, read: probe.at }, new Budget(LISTING_LIMITS));
    const names = new Set(facts.entries.map(memberNameOf));
    return names.has("storages") && names.has("pickle") ? tar : "no";
  },
};
