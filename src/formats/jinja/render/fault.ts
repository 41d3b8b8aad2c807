/**
 * Why a rendering ended early. `raised`: the template refused by `raise_exception`. `error`: what Python or Jinja would raise. `security`: what the
 * sandbox refuses. `unsupported`: ours cannot do it. `limit`: a bound of ours.
 */
export type FaultKind = "raised" | "error" | "security" | "unsupported" | "limit";

export class RenderFault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message.slice(0, 300));
    this.kind = kind;
  }
}

/** What Python calls TypeError, ValueError and so on: which one makes no difference to a template. */
export function failure(message: string): RenderFault {
  return new RenderFault("error", message);
}
