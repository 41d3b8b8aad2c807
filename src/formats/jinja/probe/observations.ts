import type { Role } from "./conversations.ts";

/** What the rendered conversations show, one thing each. */
export type Observation =
  /** Text of the template's own that appears only with this word in a message, on a date, with a tool of this name, or in a long conversation. */
  | { readonly kind: "appears"; readonly when: Condition; readonly text: string }
  /** A message that is not in the output. `by`: what the template writes by itself; `named`: its source names the role, so that it knows such messages. */
  | { readonly kind: "dropped"; readonly role: Role; readonly by: string; readonly named: boolean }
  /** A message that is not as it was given. `by`: what stands in its place. */
  | { readonly kind: "rewritten"; readonly role: Role; readonly word: string; readonly by: string }
  /** A message with this word stands in another turn than it was given in, or brings markers of turns with it. */
  | { readonly kind: "relabelled"; readonly role: Role; readonly word: string; readonly from: string; readonly to: string }
  | { readonly kind: "forged"; readonly role: Role; readonly word: string; readonly markers: readonly string[] }
  /** The same under a condition of the template: a message is not there, or stands behind the marker of another role. */
  | { readonly kind: "lost-where"; readonly role: Role; readonly when: Condition }
  | { readonly kind: "relabelled-where"; readonly role: Role; readonly to: string; readonly when: Condition }
  /** A message with signs in it, a long one, or one at the beginning of a long conversation is not there as it was given. */
  | { readonly kind: "changed"; readonly role: Role; readonly how: "signs" | "length" | "place" }
  /** A message behind the marker of another role. */
  | { readonly kind: "misplaced"; readonly role: Role; readonly to: string }
  | { readonly kind: "arguments-changed" }
  /** A text of the template that stands in no output. */
  | { readonly kind: "unwritten"; readonly text: string }
  /** Results of tools stand under the marker of the system. `named`: the source speaks of tools, so that it is meant for them. */
  | { readonly kind: "tool-as-system"; readonly marker: string; readonly named: boolean }
  /** More turns of a role than there are messages. */
  | { readonly kind: "turn-added"; readonly role: Role; readonly marker: string }
  /** A message behind one that it was given before. */
  | { readonly kind: "moved"; readonly role: Role }
  /** Text between two messages. */
  | { readonly kind: "between"; readonly text: string }
  /** Words that the answer of the model begins with. */
  | { readonly kind: "prefilled"; readonly text: string }
  /** A tool in the prompt that nobody offered. */
  | { readonly kind: "tool-added"; readonly name: string }
  | { readonly kind: "costly"; readonly messages: number; readonly why: string };

export type Condition =
  | { readonly on: "word"; readonly role: Role; readonly word: string }
  | { readonly on: "date"; readonly word: string }
  | { readonly on: "tool"; readonly word: string }
  | { readonly on: "length"; readonly messages: number }
  | { readonly on: "long-message"; readonly characters: number }
  /** A condition of the template, as it stands there, that hangs on what others than the operator write, on the date or on a count. */
  | { readonly on: "condition"; readonly source: string; readonly holds: boolean }
  | { readonly on: "prompt"; readonly given: boolean };

/** What a template does with the conversations of our probes. */
export interface Rendering {
  /** `failed`: every conversation ended with an error of the template. */
  readonly outcome: "rendered" | "failed" | "unsupported" | "limit" | "skipped";
  readonly why: string;
  readonly renders: number;
  /** Not every probe was rendered. */
  readonly cut: boolean;
  /** Lines that the template writes by itself: without a system message, beside one, with a tool, and behind conditions that our conversations do not meet. Capped. */
  readonly prose: {
    readonly uninvited: readonly string[];
    readonly beside: readonly string[];
    readonly tools: readonly string[];
    readonly behind: readonly string[];
  };
  /** SHA-256 of all prose, white space folded; of the template with comments, layout and quotes folded. Equal between models that share them. */
  readonly proseDigest: string;
  readonly templateDigest: string;
  readonly observations: readonly Observation[];
}
