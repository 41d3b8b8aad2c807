import type { Overview } from "../../api/types.ts";
import { plural } from "../../words/quantities.ts";
import { spanText } from "../../words/times.ts";
import type { Shape, Tone } from "../../words/words.ts";

/** Something that a person should look at. `name` is a text of others, shown apart. */
export interface Attention {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly title: string;
  readonly text: string;
  readonly name?: string | null;
  readonly href: string | null;
  readonly link: string;
}

/** What needs somebody, the worst first; empty where nothing does. */
export function attentionOf({ log, pending, expiring, deployments, byStanding }: Overview, now: Date): readonly Attention[] {
  const items: Attention[] = [];
  if (log.health === "damaged")
    items.push({ tone: "bad", shape: "octagon", title: "The log is damaged.", text: log.detail, href: "/log", link: "Look at the log" });
  if (pending.count > 0) {
    const oldest = pending.oldest;
    const waited = oldest === null ? null : spanText(now.getTime() - Date.parse(oldest.evaluatedAt));
    items.push({
      tone: "wait",
      shape: "triangle",
      title: pending.count === 1 ? "1 model waits for an approval." : `${pending.count} models wait for an approval.`,
      text: oldest === null ? "" : `The oldest has waited ${waited ?? "less than a minute"}:`,
      ...(oldest === null ? {} : { name: oldest.name }),
      href: "/approvals",
      link: "Open the inbox",
    });
  }
  const dark = deployments.count - deployments.served;
  if (dark > 0)
    items.push({
      tone: "wait",
      shape: "pause",
      title: dark === 1 ? "1 deployment is not served." : `${dark} deployments are not served.`,
      text: "The ticket of its model does not count any more.",
      href: "/deployments",
      link: "See which",
    });
  if (expiring > 0)
    items.push({
      tone: "wait",
      shape: "clock",
      title: `${plural(expiring, "ticket")} ${expiring === 1 ? "ends" : "end"} within 14 days.`,
      text: "Admit the model again before that.",
      href: "/models?standing=good",
      link: "See models",
    });
  if (byStanding.expired > 0)
    items.push({
      tone: "soft",
      shape: "clock",
      title: `${plural(byStanding.expired, "ticket")} ${byStanding.expired === 1 ? "has" : "have"} ended.`,
      text: "",
      href: "/models?standing=expired",
      link: "See which",
    });
  return items;
}
