/** Why bytes are not examined that no detector knows. They may be the numbers of a tensor. */
export const NOT_RECOGNISED = "the format is not recognised";
