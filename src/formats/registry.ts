import type { Detector, Format, FormatId } from "../format.ts";

/** Parsers load when a file needs them: looking at one safetensors file must not load the other engines. */
type Loader = () => Promise<Format<unknown>>;

export const FORMATS: Readonly<Record<FormatId, Loader>> = {};

/** Every detector, tried on every subject. */
export const DETECTORS: readonly Detector[] = [];
