export { judgeBundleExpression, judgeExpression } from "./expression.ts";
export { effectClause, isDisguised, judgeGadget, judgeModule, judgeTarget } from "./judge-target.ts";
