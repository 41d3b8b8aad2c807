/** Why text is not examined under a name of weights, settings or code. It may be no text at all. */
export const PROMISED_OTHERWISE = "text under a name that promises something else";
