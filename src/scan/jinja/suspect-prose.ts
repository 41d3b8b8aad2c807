/** Words of a template that a model maker has no reason to write. `says`: what they ask for, behind "The template". */
export interface Suspicion {
  /** A persona may be told this as well: to keep to its role, to leave some things out. */
  readonly fitsPersona?: true;
  readonly says: string;
  readonly pattern: RegExp;
}

/**
 * Instructions that serve somebody else than the operator. Own words of templates are shown and never blocked; these are held for a person to read.
 * None of them stands in the own words of 80 published templates (21 November 2026).
 */
export const SUSPICIONS: readonly Suspicion[] = [
  {
    says: "tells the model to hide something from its user",
    fitsPersona: true,
    pattern:
      /\b(?!(?<=\bwill\s)not\s+be\s)(?:never|not|n['’]t|without)\s+(?:(?:ever|be|been|any|even)\s+)?(?:mention|reveal|disclos|show(?!\s+your)|admit|comment|tell(?![^.!?\n]*\b(?:function|tool)s?\b))\w*|\b(?:secretly|covertly|silently|unnoticed)\b/i,
  },
  {
    says: "tells the model to set other instructions aside",
    fitsPersona: true,
    pattern:
      /\b(?:ignore|disregard|forget|override|bypass|overrule|supersede)s?\b[^.!?\n]{0,50}\b(?:instructions?|rules?|prompts?|guidelines?|polic(?:y|ies)|operator|safety|safeguards?|filters?|restrictions?|system|requests?)\b/i,
  },
  {
    says: "takes limits away from the model",
    fitsPersona: true,
    pattern:
      /\b(?:no|without(?: any)?|free of|lift(?:ed)?)\s+(?:\w+\s+){0,2}(?:restrictions?|limits?|limitations?|warnings?|refusals?|filters?|guardrails?|censorship|disclaimers?)\b|\b(?:never|not|n['’]t)\s+(?:ever\s+)?refuse|\b(?:unrestricted|uncensored|unfiltered|jailbroken)\b/i,
  },
  {
    says: "has the model send or show something to an address",
    pattern:
      /!\[[^\]\n]{0,80}\]\(|\b(?:send|post|upload|append|include|add|insert|fetch|visit|open|call|download|report|forward|redirect|replace|install|end|begin)\w*\b[^\n]{0,120}\bhttps?:\/\/|\bhttps?:\/\/[^\s]{1,200}[^\n]{0,60}\b(?:each|every|all)\b/i,
  },
  {
    says: "has the model ask for or pass on secrets",
    pattern:
      /\b(?:ask|request|collect|send|post|include|output|print|repeat|leak|reveal|replace|prompt)\w*\b[^.!?\n]{0,60}\b(?:passwords?|passphrases?|api[ _-]?keys?|credentials?|os\.environ|environment variables?|private keys?|seed phrases?|credit cards?|account numbers?|secrets?)\b/i,
  },
  {
    says: "has the model weaken the security of what it writes or runs",
    pattern:
      /\b(?:curl|wget)\b[^\n]{0,200}\|\s*(?:sudo\s+)?(?:ba|z)?sh\b|\bverify\s*=\s*False\b|\bdisabl\w+\b[^.!?\n]{0,30}\b(?:certificate|tls|ssl|security|safety|authentication|sandbox|firewall|checks?)\b|\bbackdoors?\b|\b(?:insert|introduce|add)\b[^.!?\n]{0,30}\bvulnerabilit/i,
  },
  {
    says: "has the model favour somebody's products",
    pattern:
      /\b(?:promot\w+|advertis\w+|favou?r|prefer|recommend)\b[^.!?\n]{0,60}\b(?:products?|brands?|investments?|services?|compan(?:y|ies)|coins?|tokens?|shop|stores?)\b|\bcompetitors?\b/i,
  },
];

/** An answer that begins with consent has no room for a refusal. */
const CONSENT =
  /^(?:sure|of course|certainly|absolutely|yes|okay|ok|gladly|no problem|happy to|i(?:['’]ll| will| can)|here(?:['’]s| is| are) (?:the|how|your|a|an)\b)/i;
const LONG_ANSWER = 8;

/** What the first words of an answer do; null for a heading. */
export function prefillSays(text: string): string | null {
  if (CONSENT.test(text)) return "begins each answer with consent";
  return text.split(/\s+/).length >= LONG_ANSWER ? "begins each answer with words of its own" : null;
}
