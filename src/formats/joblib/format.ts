import type { Format } from "../../format.ts";
import type { PickleFacts } from "../pickle/facts.ts";
import { unownedBytes } from "../pickle/format.ts";
import { parsePickle } from "../pickle/parse.ts";

/**
 * What joblib.dump writes: a pickle with the raw bytes of arrays between its opcodes. The pickle interpreter steps over them wherever it meets
 * the wrapper (pickle/numpy-wrapper.ts), so the facts are those of a pickle. https://github.com/joblib/joblib/blob/main/joblib/numpy_pickle.py
 */
export const joblibFormat: Format<PickleFacts> = { id: "joblib", parse: parsePickle, children: unownedBytes };
