/**
 * Why a rendering ended early. `raised`: the template refused by `raise_exception`. `error`: what Python or Jinja would raise. `security`: what the
 * sandbox refuses. `unsupported`: ours cannot do it. `limit`: a bound of ours.
 */
export type FaultKind = "raised" | "error" | "security" | "unsupported" | "limit";

/** No Error: it tells of the template, and a stack of ours for each one takes longer than the rendering. */
export class RenderFault {
  readonly kind: FaultKind;
  readonly message: string;

  constructor(kind: FaultKind, message: string) {
    this.kind = kind;
    this.message = message.slice(0, 300);
  }
}

/** What Python calls TypeError, ValueError and so on: which one makes no difference to a template. */
export function failure(message: string): RenderFault {
  return new RenderFault("error", message);
}
