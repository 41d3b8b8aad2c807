export { judgeBundleExpression, judgeExpression } from "./expression.ts";
export { effectClause, judgeGadget, judgeModule, judgeTarget } from "./judge-target.ts";
