import type { Admitted } from "../admission/admit.ts";
import type { HtmlInput } from "./html.ts";

/** What the HTML page shows of an admission. */
export function admissionPage(source: string, { examination, decision, recorded }: Admitted): HtmlInput {
  return { source, examination, decision, ...("ticket" in recorded ? { ticket: recorded.ticket.file } : {}) };
}
