export { BudgetError, type BudgetErrorCode } from "./errors.ts";
export { type BudgetOptions, type OpenTokenBudgets, openTokenBudgets } from "./token-budgets.ts";
