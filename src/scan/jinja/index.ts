import { jinjaTemplate } from "./examine.ts";

export const examiners = [jinjaTemplate];
