import { WeighbridgeError } from "../../errors.ts";

export type BudgetErrorCode =
  /** The ledger of token budgets cannot be read or written. */
  "WB_BUDGET_LEDGER";

/** It is not known what may still be spent. */
export class BudgetError extends WeighbridgeError<BudgetErrorCode> {}
