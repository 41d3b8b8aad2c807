/** `LearnerModelParamLegacy`: 34 numbers of four bytes. https://github.com/dmlc/xgboost/blob/v2.0.3/src/learner.cc */
export const LEARNER_BYTES = 136;

/** Names of objective and booster, each behind its length; null where they are none. */
export function namesAt(bytes: Buffer, at: number): { readonly objective: string; readonly booster: string; readonly next: number } | null {
  const objective = nameAt(bytes, at, /^[a-z][a-z0-9_]*(?::[a-z0-9_]+)?$/);
  if (objective === null) return null;
  const booster = nameAt(bytes, objective.next, /^(?:gbtree|gblinear|dart)$/);
  return booster === null ? null : { objective: objective.name, booster: booster.name, next: booster.next };
}

function nameAt(bytes: Buffer, at: number, shape: RegExp): { readonly name: string; readonly next: number } | null {
  if (at + 8 > bytes.length || bytes.readUInt32LE(at + 4) !== 0) return null;
  const length = bytes.readUInt32LE(at);
  if (length === 0 || length > 64 || at + 8 + length > bytes.length) return null;
  const name = bytes.toString("latin1", at + 8, at + 8 + length);
  return shape.test(name) ? { name, next: at + 8 + length } : null;
}
