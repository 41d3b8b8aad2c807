import type { Rule, Seen, SubjectInfo } from "../finding.ts";
import type { FormatId } from "../format.ts";
import { formatName } from "../formats/names.ts";
import { CODE_CARRIERS } from "./format-traits.ts";
import { WALK_RULES } from "./rules.ts";

/** Where the name lets nobody expect less than the bytes are, it gains nothing; what they are is examined. */
const MISNAMED: Rule = {
  ...WALK_RULES.extensionMismatch,
  gain: "Tools that go by names read the file as what it is not. Here it is judged by its bytes: where they bring anything worse, a finding of its own says so.",
};

/** `torch.save(model.state_dict(), "model.h5")`: HDF5 carries code itself (layers of Keras), and no reader of it takes these; `torch.load` does whatever the name. */
const TORCH: ReadonlySet<FormatId> = new Set<FormatId>(["torch-zip", "torch-legacy"]);

/**
 * What it means that the name claims other formats than the bytes have: null where it means nothing. A format that can carry code under a name of
 * a data-only format is how payloads are brought past checks by name.
 */
export function mismatchOf(
  claimed: readonly FormatId[] | null,
  formats: readonly FormatId[],
  subject: SubjectInfo,
): { readonly rule: Rule; readonly seen: Seen } | null {
  if (claimed === null || formats.length === 0) return null;
  const foreign = formats.filter((format) => !claimed.includes(format));
  if (foreign.length === 0) return null;
  const isTorchAsHdf5 = claimed.includes("hdf5") && foreign.every((format) => TORCH.has(format));
  const carriesCode = !isTorchAsHdf5 && foreign.some((format) => CODE_CARRIERS.has(format)) && !claimed.some((format) => CODE_CARRIERS.has(format));
  return {
    rule: carriesCode ? WALK_RULES.extensionMismatch : MISNAMED,
    seen: {
      severity: carriesCode ? "high" : "medium",
      where: subject,
      title: `${subject.name} claims to be ${namesOf(claimed).slice(0, 3).join(" or ")} and is ${namesOf(foreign).join(" and ")}`,
      proof: { claimed, found: foreign },
    },
  };
}

function namesOf(formats: readonly FormatId[]): readonly string[] {
  return [...new Set(formats.map(formatName))];
}
