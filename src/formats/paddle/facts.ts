import type { Operator, TextAttribute } from "../protobuf/operator.ts";
import type { MessageLayout } from "../protobuf/walked.ts";

export interface PaddleFacts {
  /** Each kind of operator once, in the order of first use, in all blocks. */
  readonly operators: readonly Operator[];
  /** Texts of attributes whose names say that they name a place or something that is called. */
  readonly texts: readonly TextAttribute[];
  readonly nodes: number;
  readonly blocks: number;
  readonly dropped: number;
  readonly layout: MessageLayout;
}
