/** Why text is not examined whose name no list knows. It may be no text at all. */
export const NAME_SAYS_NOTHING = "text under a name that says nothing about its use";
